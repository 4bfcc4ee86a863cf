/** The drawing: React Flow from left to right inside, mirrored by the layout; the keyboard walks it. */

import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { Background, BackgroundVariant, type Edge, MiniMap, Panel, ReactFlow, type ReactFlowInstance, useReactFlow, useStore } from '@xyflow/react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { isModified, isRtl, number, t } from '../lib/i18n';
import { usePage } from './context';
import { copySubtree, cutSubtree, duplicate, firstWay, pasteAfter, pieceIn, removeSelected } from './deeds';
import { IconButton } from './icons';
import { HEIGHTS, type Line, layout, type Place, shapeOf, WIDTH } from './layout';
import { WayLine } from './line';
import { type Kinds, START } from './model';
import { NoteCard, onNoteKey, type Pinned } from './note';
import { AddNote, addNoteHere, boxOfPlace, useNotes } from './noted';
import { type Box, isNote } from './notes';
import { doubleNote } from './noting';
import { Leaf, type Drawn, StartCard, StepCard } from './step';
import { graphNow, redo, select, show, undo, useJourney, useView } from './store';

const NODES = { start: StartCard, step: StepCard, exit: StepCard, leaf: Leaf, note: NoteCard };
const EDGES = { way: WayLine };
const NO_KEYS = { selectionKeyCode: null, multiSelectionKeyCode: null, deleteKeyCode: null, zoomActivationKeyCode: null, panActivationKeyCode: null };

export function Canvas() {
  const { kinds } = usePage();
  const shape = useJourney((state) => shapeOf(state.graph, kinds));
  const selected = useJourney((state) => state.selected);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape is all of the graph that is drawn
  const drawing = useMemo(() => layout(graphNow(), kinds, isRtl()), [shape, kinds]);
  const notes = useNotes(drawing.places);
  const steps = useMemo(
    () =>
      drawing.places.map((place): Drawn => {
        return {
          id: place.id,
          type: place.kind,
          position: { x: place.x, y: place.y },
          data: { place },
          selected: place.id === selected,
          draggable: false,
          focusable: place.kind !== 'leaf',
          selectable: place.kind !== 'leaf',
          ariaRole: 'button',
          width: place.kind === 'leaf' ? 170 : WIDTH,
          height: HEIGHTS[place.kind],
        };
      }),
    [drawing, selected],
  );
  const nodes = useMemo(() => [...steps, ...notes], [steps, notes]);
  const edges = useMemo(
    () => drawing.lines.map((line): Edge => ({ id: line.id, source: line.from, target: line.to, type: 'way', focusable: false, data: { line } })),
    [drawing],
  );
  const flow = useReactFlow();
  const zoom = useStore((state) => state.transform[2]);
  const frame = useRef<HTMLDivElement>(null);
  const begin = useCallback(() => {
    const width = frame.current?.clientWidth ?? 800;
    const scale = width < 600 ? 0.66 : 0.9;
    void flow.setViewport({ x: width / 2, y: 56, zoom: scale });
    if (width >= 600 && !graphNow().triggers.length && !location.search) select(START);
  }, [flow]);
  const boxes = useMemo(() => [...drawing.places.map(boxOfPlace), ...notes.map(({ id, data }) => ({ id, ...data.box }))], [drawing, notes]);
  useCentred(boxes, selected);
  useStill(frame);
  useClipboard(kinds);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the steps inside
    <div className="kj-canvas" ref={frame} onKeyDown={(event) => onKey(event, drawing, notes, flow, kinds)}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        {...NO_KEYS}
        onInit={begin}
        onNodeClick={(_event, node) => {
          if (node.type !== 'leaf') {
            select(node.id);
            show({ inspecting: true });
          }
        }}
        onPaneClick={() => select(null)}
        minZoom={drawing.places.length > LARGE ? 0.06 : 0.2}
        maxZoom={1.5}
        nodesConnectable={false}
        nodesDraggable={false}
        elementsSelectable={false}
        panOnScroll
        disableKeyboardA11y
        proOptions={{ hideAttribution: true }}
        aria-label={t('The steps of the journey')}
        ariaLabelConfig={{ 'minimap.ariaLabel': t('Small map') }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--line-2)" />
        {!selected && drawing.places.length > 4 && (
          <MiniMap
            position={isRtl() ? 'bottom-left' : 'bottom-right'}
            pannable
            zoomable
            nodeBorderRadius={16}
            nodeColor={(node) => (isNote(node.id) ? 'var(--line-2)' : `var(--${kinds.get(graphNow().nodes[node.id]?.kind ?? '')?.tone ?? 'teal'})`)}
            maskColor="color-mix(in oklab, var(--paper) 70%, transparent)"
            style={{ width: 132, height: 148 }}
          />
        )}
        <Panel position={isRtl() ? 'bottom-right' : 'bottom-left'} className="kj-zoom">
          <IconButton label={t('Larger')} onClick={() => void flow.zoomIn({ duration: 150 })}>
            <IconPlus size={16} aria-hidden="true" />
          </IconButton>
          <span className="num">{number(Math.round(zoom * 100))}%</span>
          <IconButton label={t('Smaller')} onClick={() => void flow.zoomOut({ duration: 150 })}>
            <IconMinus size={16} aria-hidden="true" />
          </IconButton>
          <IconButton label={t('Fit to the screen')} onClick={() => void flow.fitView({ duration: 200, padding: 0.06 })}>
            <IconMaximize size={16} aria-hidden="true" />
          </IconButton>
          <i aria-hidden="true" />
          <AddNote />
        </Panel>
      </ReactFlow>
    </div>
  );
}

/** A drawing of so many parts may be seen whole, however small. */
const LARGE = 60;

/** Bring what is selected into view when it lies outside, and give it the focus. */
function useCentred(places: readonly (Box & { id: string })[], selected: string | null): void {
  const flow = useReactFlow();
  const last = useRef(selected);
  useEffect(() => {
    if (selected === last.current) return;
    last.current = selected;
    const place = places.find(({ id }) => id === selected);
    if (!place) return;
    const corner = flow.flowToScreenPosition({ x: place.x, y: place.y });
    const far = flow.flowToScreenPosition({ x: place.x + place.width, y: place.y + place.height });
    const box = document.querySelector('.kj-canvas')?.getBoundingClientRect();
    const isSeen = box && corner.x > box.left && far.x < box.right && corner.y > box.top && far.y < box.bottom;
    const scale = flow.getZoom();
    if (!isSeen && scale < 0.5) void flow.setCenter(place.x + place.width / 2, place.y + 120, { zoom: 0.8, duration: 200 });
    else if (!isSeen) void flow.setCenter(place.x + place.width / 2, place.y + 120, { zoom: flow.getZoom(), duration: 200 });
    const { noting, begun } = useView.getState();
    const isElsewhere = noting !== null || begun !== null || !(document.activeElement?.closest('.kj-canvas') || document.activeElement === document.body);
    if (!isElsewhere) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(place.id)}"]`)?.focus({ preventScroll: true }));
    }
  }, [places, selected, flow]);
}

type Picture = { places: readonly Place[]; lines: readonly Line[] };

/** The panel beside the drawing takes room from its left in Hebrew: what is drawn stays where it was on the screen. */
function useStill(frame: RefObject<HTMLDivElement | null>): void {
  const flow = useReactFlow();
  const left = useRef<number | null>(null);
  const panel = useJourney((state) => state.selected !== null);
  const isOpen = useView((state) => state.inspecting);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the panel is what moves the drawing's left edge
  useLayoutEffect(() => {
    const now = frame.current?.getBoundingClientRect().left ?? 0;
    const moved = left.current === null ? 0 : now - left.current;
    left.current = now;
    if (!moved || innerWidth < 860) return;
    const view = flow.getViewport();
    void flow.setViewport({ ...view, x: view.x - moved });
  }, [frame, flow, panel, isOpen]);
}

/** Steps travel by the clipboard, to another journey too. */
function useClipboard(kinds: Kinds): void {
  useEffect(() => {
    const here = () => useJourney.getState().selected;
    const isTyping = (target: EventTarget | null) =>
      useView.getState().writing !== null || (target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, dialog') !== null));
    const take = (event: ClipboardEvent, how: typeof copySubtree) => {
      const key = focusedStep() ?? here();
      if (!key || isTyping(event.target) || getSelection()?.isCollapsed === false) return;
      const text = how(key, kinds);
      if (!text) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
    };
    const onCopy = (event: ClipboardEvent) => take(event, copySubtree);
    const onCut = (event: ClipboardEvent) => take(event, cutSubtree);
    const onPaste = (event: ClipboardEvent) => {
      const key = focusedStep() ?? here();
      const piece = pieceIn(event.clipboardData?.getData('text/plain') ?? '');
      if (!piece || isTyping(event.target)) return;
      event.preventDefault();
      pasteAfter(key ?? null, kinds, piece);
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
    };
  }, [kinds]);
}

const focusedStep = (): string | undefined => document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset.id;

function onKey(event: KeyboardEvent<HTMLElement>, drawing: Picture, notes: readonly Pinned[], flow: ReactFlowInstance, kinds: Kinds): void {
  const focused = event.target instanceof Element ? event.target.closest<HTMLElement>('.react-flow__node')?.dataset.id : undefined;
  const here = focused ?? useJourney.getState().selected;
  if (event.target instanceof Element && event.target.closest('input, textarea, select, .kj-add')) return;
  if (isModified(event, 'KeyZ')) event.shiftKey ? redo() : undo();
  else if (isModified(event, 'KeyY')) redo();
  else if (isModified(event, 'KeyF') || (event.code === 'Slash' && !event.shiftKey)) show({ searching: true });
  else if (event.key === 'Escape' && useView.getState().moving) show({ moving: null });
  else if (event.code === 'KeyN' && !event.ctrlKey && !event.metaKey) addNoteHere(flow, here, kinds);
  else if (!here) return;
  else if (isModified(event, 'KeyD')) (isNote(here) ? doubleNote : duplicate)(here, kinds);
  else if (isNote(here)) {
    const pinned = notes.find(({ id }) => id === here);
    if (!pinned || !onNoteKey(event, here, pinned.data)) return;
  } else if (event.code === 'KeyA' || event.key === '+') {
    const way = firstWay(here, kinds);
    if (!way) return;
    show({ inserting: way });
  } else if (event.key === 'Enter' || event.key === ' ') {
    select(here);
    show({ inspecting: true });
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.kj-inspector input, .kj-inspector select, .kj-inspector textarea')?.focus());
  } else if (event.key === 'Delete' || event.key === 'Backspace') removeSelected(here, kinds);
  else if (event.key === 'Escape') select(null);
  else {
    const next = neighbour(here, event.key, drawing);
    if (!next) return;
    select(next);
  }
  event.preventDefault();
}

/** Up and down along the ways, left and right to what stands beside. */
function neighbour(here: string, key: string, { places, lines }: Picture): string | undefined {
  const steps = places.filter(({ kind }) => kind !== 'leaf');
  const isStep = (id: string) => steps.some((place) => place.id === id);
  if (key === 'ArrowDown') return lines.find(({ from, to }) => from === here && isStep(to))?.to;
  if (key === 'ArrowUp') return lines.find(({ to }) => to === here)?.from;
  const side = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  const me = steps.find(({ id }) => id === here);
  if (!side || !me) return undefined;
  const beside = steps.filter((place) => Math.abs(place.y - me.y) < 160 && side * (place.x - me.x) > 10);
  const far = (place: Place) => side * (place.x - me.x) + 2 * Math.abs(place.y - me.y);
  return beside.sort((one, other) => far(one) - far(other))[0]?.id;
}
