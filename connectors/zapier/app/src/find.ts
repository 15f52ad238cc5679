import type { Bundle, Search, ZObject } from 'zapier-platform-core';
import { hubUrl } from './hub.ts';
import { mayBeAbsent } from './middleware.ts';
import samples from './samples.json' with { type: 'json' };

type Found = { id: string };

/** What can be looked up by its id, as it stands. */
export const things = [
  { key: 'find_booking', noun: 'Booking', path: 'bookings', article: 'a booking' },
  { key: 'find_rfp', noun: 'RFP', path: 'rfps', article: 'an RFP' },
  { key: 'find_deliverable', noun: 'Deliverable', path: 'deliverables', article: 'a deliverable' },
  { key: 'find_review', noun: 'Review', path: 'reviews', article: 'a review' },
  {
    key: 'find_rfp_request',
    noun: 'RFP Request',
    path: 'rfps/requests',
    article: 'what became of an RFP that you asked for',
  },
] as const;

export const findById = ({ key, noun, path, article }: (typeof things)[number]) =>
  ({
    key,
    noun,
    display: { label: `Find ${noun}`, description: `Finds ${article} by its id, as it stands now.` },
    operation: {
      inputFields: [
        {
          key: 'id',
          label: `${noun} ID`,
          required: true,
          helpText: 'The id, or the subject of an event (such as bookings/bkg_01…).',
        },
      ],
      perform: async (z: ZObject, { inputData }: Bundle): Promise<Found[]> => {
        const id =
          String((inputData as { id: string }).id)
            .split('/')
            .at(-1) ?? '';
        const { status, data } = await z.request<Found>({
          url: hubUrl(`/v1/${path}/${encodeURIComponent(id)}`),
          middlewareData: mayBeAbsent,
        });
        return status === 404 ? [] : [data];
      },
      sample: samples[key],
    },
  }) satisfies Search;
