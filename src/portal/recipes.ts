/** What most people set up first, as data: each step is one subscription through one connection. */
export type Recipe = { id: string; title: string; summary: string; steps: readonly Step[] };
export type Step = {
  title: string;
  /** Any one of them. */
  connectors: readonly string[];
  types: readonly string[];
  /** Where they differ from what the connector begins with; the person can change each. */
  options: Readonly<Record<string, unknown>>;
};

const rfpTypes = ['rfp.created', 'rfp.broadcast', 'rfp.quoted', 'rfp.awarded', 'rfp.withdrawn', 'rfp.closed'];

export const recipes: readonly Recipe[] = [
  {
    id: 'bookings-in-calendar',
    title: 'Bookings in your calendar',
    summary:
      'Every booking is an entry, moved and cancelled with the booking. Requests stand there as tentative.',
    steps: [
      {
        title: 'Bookings into a calendar of their own',
        connectors: ['google-calendar'],
        types: ['booking.*', 'instant_book.confirmed'],
        options: { requests: true, contact: false },
      },
    ],
  },
  {
    id: 'deliverables-in-archive',
    title: 'Accepted work in your archive',
    summary:
      'When a deliverable is accepted, what exactly was accepted is kept as a file that nobody can quietly change: names, sizes and checksums.',
    steps: [
      {
        title: 'The manifest of each accepted deliverable into your files',
        connectors: ['google-drive', 'dropbox'],
        types: ['deliverable.accepted'],
        options: {},
      },
    ],
  },
  {
    id: 'rfps-in-crm',
    title: 'Requests in your CRM, and a word in Slack',
    summary:
      'Each request for proposals is a deal that moves as it is quoted and awarded, and your team hears of it.',
    steps: [
      {
        title: 'Each RFP as a deal in your pipeline',
        connectors: ['hubspot'],
        types: rfpTypes,
        options: {},
      },
      {
        title: 'A message in a channel',
        connectors: ['slack'],
        types: ['rfp.created', 'rfp.quoted', 'rfp.awarded'],
        options: {},
      },
    ],
  },
];

export const readRecipe = (id: string): Recipe | undefined => recipes.find((one) => one.id === id);
