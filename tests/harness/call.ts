/** `any`: tests look into answers of every shape. */
export type Answer = { status: number; headers: Headers; body: any };
export type Call = (
  method: string,
  path: string,
  token: string | null,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** The API at this address, as any client calls it. A body that is text or bytes goes out as it is. */
export function callerOf(origin: string): Call {
  return async (method, path, token, body, headers = {}) => {
    const response = await fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: {
        // A kept connection that the other side is just closing fails a request; no test is about that.
        connection: 'close',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : parsed(text) };
  };
}

const bodyOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>) // No test shares memory between threads.
    : JSON.stringify(body);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
