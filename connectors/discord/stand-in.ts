import type { StandIn } from '#kit/conformance';

export const webhookPath = '/api/webhooks/1042/not-a-secret-webhook-token';

/** Discord, as far as a webhook goes. */
export function discord(): StandIn {
  const messages: string[] = [];
  return {
    objects: () => messages,
    async answer(request) {
      if (new URL(request.url).pathname !== webhookPath) return refused(404, 10_015);
      if (request.method === 'GET')
        return Response.json({
          id: '1042',
          name: 'Bookings',
          channel_id: '77',
          token: 'not-a-secret-webhook-token',
        });
      const { content, allowed_mentions: mentions } = (await request.json()) as {
        content: string;
        allowed_mentions?: { parse: string[] };
      };
      if (content === '') return refused(400, 50_006);
      if (content.length > 2_000) return refused(400, 50_035);
      messages.push(mentions?.parse.length === 0 ? content : `${content} (mentions people)`);
      return new Response(null, { status: 204 });
    },
  };
}

const refused = (status: number, code: number): Response =>
  Response.json({ message: 'no', code }, { status });
