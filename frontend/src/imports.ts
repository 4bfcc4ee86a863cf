/** The upload of an import: dropping, the progress of sending, and errors without leaving the page. */

type Answer = { url?: string; message?: string };

const form = document.querySelector<HTMLFormElement>('#upload');
if (form) start(form);

function start(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type="file"]');
  const drop = form.querySelector<HTMLElement>('.k-drop');
  if (!input || !drop) return;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) send(form, file);
  });
  for (const name of ['dragenter', 'dragover']) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('k-over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('k-over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('k-over');
    const file = event.dataTransfer?.files[0];
    if (file) send(form, file);
  });
}

/** XMLHttpRequest, because fetch does not tell how much was sent. */
function send(form: HTMLFormElement, file: File): void {
  const data = new FormData();
  const token = form.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')?.value ?? '';
  data.append('csrfmiddlewaretoken', token);
  data.append('file', file);
  const request = new XMLHttpRequest();
  request.open('POST', form.action || location.href);
  request.setRequestHeader('accept', 'application/json');
  request.setRequestHeader('x-csrftoken', token);
  request.upload.addEventListener('progress', (event) => show(form, event.loaded / event.total));
  request.upload.addEventListener('load', () => say(form, form.dataset.reading ?? ''));
  request.addEventListener('error', () => fail(form, form.dataset.offline ?? ''));
  request.addEventListener('load', () => finish(form, request));
  begin(form, file.name);
  request.send(data);
}

function finish(form: HTMLFormElement, request: XMLHttpRequest): void {
  let answer: Answer = {};
  try {
    answer = JSON.parse(request.responseText) as Answer;
  } catch {
    // An error page of a proxy: not JSON.
  }
  if (request.status < 300 && answer.url) location.assign(answer.url);
  else fail(form, answer.message ?? form.dataset.offline ?? '');
}

function begin(form: HTMLFormElement, name: string): void {
  toggle(form, true);
  const title = form.querySelector<HTMLElement>('[data-name]');
  if (title) title.textContent = name;
  say(form, form.dataset.sending ?? '');
  show(form, 0);
}

function toggle(form: HTMLFormElement, sending: boolean): void {
  document.getElementById('upload-progress')?.toggleAttribute('hidden', !sending);
  form.querySelector('.k-drop')?.toggleAttribute('hidden', sending);
  if (sending) document.getElementById('upload-error')?.setAttribute('hidden', '');
}

function show(form: HTMLFormElement, share: number): void {
  const percent = `${Math.round(share * 100)}%`;
  const bar = form.querySelector<HTMLElement>('.k-progress > span');
  if (bar) bar.style.inlineSize = percent;
  form.querySelector('.k-progress')?.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  const figure = form.querySelector<HTMLElement>('[data-percent]');
  if (figure) figure.textContent = percent;
}

function say(form: HTMLFormElement, text: string): void {
  const state = form.querySelector<HTMLElement>('[data-state]');
  if (state) state.textContent = text;
}

function fail(form: HTMLFormElement, message: string): void {
  toggle(form, false);
  const note = document.getElementById('upload-error');
  const text = note?.querySelector('[data-text]');
  if (text) text.textContent = message;
  note?.removeAttribute('hidden');
  form.reset();
}
