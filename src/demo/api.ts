/** The public API, as any client would call it. */
export type Api = {
  origin: string;
  call(
    method: 'GET' | 'POST',
    path: string,
    token: string,
    body?: string,
    headers?: Record<string, string>,
  ): Promise<Answer>;
};
export type Answer = { status: number; body: unknown };

export function createApi(origin: string): Api {
  return {
    origin,
    call: async (method, path, token, body, headers = {}) => {
      const response = await fetch(origin + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    },
  };
}
