import type { Api } from './api.ts';
import { type EndpointPlan, endpointPlans } from './endpoints.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { Tokens } from './set-up.ts';
import { verifierOfPublicKey, verifierOfSecret } from './verify.ts';

/** An endpoint of the demo with its running receiver and its subscription. */
export type Endpoint = { plan: EndpointPlan; receiver: Receiver; subscriptionId: string; token: string };

/** Starts every receiver, and tells each its secret as a person would: from the answer that shows it once. */
export async function subscribeAll(api: Api, tokens: Tokens): Promise<Endpoint[]> {
  const endpoints: Endpoint[] = [];
  for (const [i, plan] of endpointPlans.entries()) {
    const receiver = await startReceiver(i + 2, plan.key, plan.manner);
    const token = tokens.byEndpoint.get(plan.key) ?? '';
    const wish = { description: plan.title, ...plan.wish, endpoint: { type: 'webhook', url: receiver.url } };
    const { status, body } = await api.call('POST', '/v1/subscriptions', token, JSON.stringify(wish));
    if (status !== 201)
      throw new Error(`The subscription of ${plan.title} was refused (${status}): ${JSON.stringify(body)}`);
    // The shape of a 201 (contract: Subscribe).
    const made = body as { id: string; secret?: string; public_key?: string };
    receiver.trust(
      plan.verifiesBy === 'v1a'
        ? verifierOfPublicKey(made.public_key ?? '')
        : verifierOfSecret(made.secret ?? ''),
    );
    endpoints.push({ plan, receiver, subscriptionId: made.id, token });
  }
  return endpoints;
}
