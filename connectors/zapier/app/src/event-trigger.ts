import type { Bundle, Trigger, ZObject } from 'zapier-platform-core';
import type { Family } from './families.ts';
import { hubUrl, wants } from './hub.ts';
import { mayBeAbsent } from './middleware.ts';
import samples from './samples.json' with { type: 'json' };

type HubEvent = { id: string };
type Asked = { event?: string };

/** One trigger for a family of events, by a REST hook: nothing is polled, and each event is one run. */
export function eventTrigger({ key, noun, label, description, scope, events }: Family) {
  const [first] = events[0] ?? [''];
  const eventOf = ({ inputData }: Bundle): string => (inputData as Asked).event ?? first;
  return {
    key,
    noun,
    display: { label, description, hidden: !wants(scope) },
    operation: {
      type: 'hook',
      inputFields: [
        {
          key: 'event',
          label: 'Event',
          required: true,
          choices: Object.fromEntries(events),
          default: first,
          helpText: 'Which of them the Zap is for.',
        },
      ],
      performSubscribe: async (z: ZObject, bundle: Bundle): Promise<{ id: string }> => {
        const { data } = await z.request<{ id: string }>({
          url: hubUrl('/v1/hooks'),
          method: 'POST',
          body: { targetUrl: bundle.targetUrl, event: eventOf(bundle) },
        });
        return data;
      },
      performUnsubscribe: async (z: ZObject, { subscribeData }: Bundle): Promise<object> => {
        // Absent: of a connection that is over. Its hooks have ended with it.
        await z.request({
          url: hubUrl(`/v1/hooks/${subscribeData?.id ?? ''}`),
          method: 'DELETE',
          middlewareData: mayBeAbsent,
        });
        return {};
      },
      perform: (_: ZObject, { cleanedRequest }: Bundle): HubEvent[] => [cleanedRequest as HubEvent], // The push itself.
      performList: async (z: ZObject, bundle: Bundle): Promise<HubEvent[]> => {
        const { data } = await z.request<HubEvent[]>({
          url: hubUrl('/v1/hooks/samples'),
          params: { event: eventOf(bundle) },
        });
        return data;
      },
      sample: samples[key],
      outputFields: [
        { key: 'id', label: 'Event ID', primary: true },
        { key: 'type', label: 'Event' },
        { key: 'timestamp', label: 'Happened At', type: 'datetime' },
        { key: 'subject', label: 'Subject' },
        { key: 'city', label: 'City' },
        { key: 'sequence', label: 'Sequence', type: 'integer' },
        { key: 'account', label: 'Account ID' },
      ],
    },
  } satisfies Trigger;
}
