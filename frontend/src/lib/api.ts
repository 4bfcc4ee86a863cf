/** JSON requests to the server that served this page: the CSRF token is added, errors are typed. */

/** The server answered with an error. `body` is its JSON (or null); 409 carries the current version. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(messageOf(body) ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }

  get isConflict(): boolean {
    return this.status === 409;
  }
}

/** The server could not be reached: no network, or it is restarting. Trying again may work. */
export class OfflineError extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached', { cause });
    this.name = 'OfflineError';
  }
}

type Options = { signal?: AbortSignal; keepalive?: boolean };

export const get = <Answer>(url: string, options?: Options): Promise<Answer> =>
  request('GET', url, undefined, options);
export const post = <Answer>(url: string, body?: unknown, options?: Options): Promise<Answer> =>
  request('POST', url, body, options);
export const put = <Answer>(url: string, body: unknown, options?: Options): Promise<Answer> =>
  request('PUT', url, body, options);
export const remove = <Answer>(url: string, options?: Options): Promise<Answer> =>
  request('DELETE', url, undefined, options);

/** Send one file as multipart form data, under the name `file`. */
export function upload<Answer>(url: string, file: File, options?: Options): Promise<Answer> {
  const form = new FormData();
  form.append('file', file);
  return request('POST', url, form, options);
}

/** The data the server put into the page with `json_script`. */
export function pageData<Data>(id: string): Data {
  const script = document.getElementById(id);
  if (!script?.textContent) throw new Error(`The page has no data "${id}"`);
  return JSON.parse(script.textContent) as Data;
}

async function request<Answer>(method: string, url: string, body: unknown, options: Options = {}): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json', 'x-csrftoken': csrfToken() };
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['content-type'] = 'application/json';
  const response = await send(url, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...options,
  });
  const answer = await jsonOf(response);
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer as Answer;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new OfflineError(error);
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const isJson = response.headers.get('content-type')?.includes('json');
  return isJson && response.status !== 204 ? response.json() : null;
}

/** The token of this session, which base.html puts into the page. */
function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

function messageOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('message' in body)) return null;
  return typeof body.message === 'string' ? body.message : null;
}
