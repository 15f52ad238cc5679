import type { Bundle, Create, ZObject } from 'zapier-platform-core';
import { hubUrl } from './hub.ts';
import samples from './samples.json' with { type: 'json' };

type Input = {
  external_ref: string;
  title: string;
  brief: string;
  roles: string[];
  city: string;
  time_zone?: string;
  shoot_starts_at?: string;
  shoot_ends_at?: string;
  respond_by?: string;
  references?: string[];
};

const roles = {
  model: 'Model',
  photographer: 'Photographer',
  videographer: 'Videographer',
  creator: 'Creator',
  studio: 'Studio',
};

/** Asks; the marketplace creates. A run that Zapier repeats asks for the same RFP, since the reference is the same. */
export const createRfp = {
  key: 'create_rfp',
  noun: 'RFP',
  display: {
    label: 'Create RFP',
    description: 'Asks the marketplace for a request for proposals. It comes back as an RFP Changed event.',
  },
  operation: {
    inputFields: [
      {
        key: 'external_ref',
        label: 'Your Reference',
        required: true,
        helpText:
          'Your own id of it, such as the id of the row, deal or form entry that it comes from. The same reference is the same RFP: a Zap that runs twice asks once.',
      },
      { key: 'title', label: 'Title', required: true, helpText: 'What is wanted, in a line.' },
      { key: 'brief', label: 'Brief', type: 'text', required: true, helpText: 'What is wanted, in full.' },
      {
        key: 'roles',
        label: 'Roles',
        required: true,
        list: true,
        choices: roles,
        helpText: 'Who is wanted.',
      },
      { key: 'city', label: 'City', required: true, helpText: 'In lower case, such as houston.' },
      { key: 'time_zone', label: 'Time Zone', helpText: 'Such as America/Chicago. Else that of the city.' },
      { key: 'shoot_starts_at', label: 'Shoot Starts', type: 'datetime' },
      { key: 'shoot_ends_at', label: 'Shoot Ends', type: 'datetime' },
      { key: 'respond_by', label: 'Respond By', type: 'datetime' },
      {
        key: 'references',
        label: 'References',
        list: true,
        helpText: 'https links to pictures and pages that say what is meant.',
      },
    ],
    perform: async (z: ZObject, { inputData }: Bundle): Promise<{ id: string }> => {
      const { data } = await z.request<{ id: string }>({
        url: hubUrl('/v1/rfps'),
        method: 'POST',
        body: bodyOf(inputData as Input),
      });
      return data;
    },
    sample: samples.create_rfp,
    outputFields: [
      { key: 'id', label: 'Request ID', primary: true },
      { key: 'state', label: 'State' },
      { key: 'external_ref', label: 'Your Reference' },
    ],
  },
} satisfies Create;

/** Fields that were left empty are left out: the hub refuses what says nothing. */
function bodyOf({ references, ...input }: Input): Record<string, unknown> {
  const filled = Object.entries(input).filter(
    ([, value]) => value !== '' && value !== undefined && value !== null,
  );
  const body = Object.fromEntries(filled.map(([key, value]) => [key, isInstant(key) ? inUtc(value) : value]));
  return references?.length ? { ...body, references: references.map((url) => ({ url })) } : body;
}

const isInstant = (key: string): boolean => key.endsWith('_at') || key === 'respond_by';

/** Zapier writes the user's own offset. What is no instant goes as it is, and the hub says so. */
function inUtc(value: unknown): unknown {
  const at = new Date(String(value));
  return Number.isNaN(at.getTime()) ? value : at.toISOString();
}
