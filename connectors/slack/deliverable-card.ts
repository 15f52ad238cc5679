import type { HubEvent } from '#kit';
import { eventPath } from './booking-card.ts';
import type { Card } from './card.ts';
import { isData, list, number, text } from './read.ts';
import { bytes, fitting, link, plain, said, shown } from './text.ts';
import { when } from './when.ts';

const maxFiles = 5;

export function deliverableCard({ id, type, data }: HubEvent): Card | null {
  const headline = headlines[type];
  if (!headline) return null;
  const revision = number(data, 'revision');
  const files = list(data, 'manifest.files').filter(isData);
  const size = files.reduce((sum, file) => sum + (number(file, 'size_bytes') ?? 0), 0);
  return {
    headline,
    title: shown(text(data, 'title')),
    fields: [
      ['Files', files.length > 0 ? `${files.length} (${bytes(size)})` : undefined],
      ['Kept at', store(text(data, 'storage'))],
      ['Revision', revision === undefined ? undefined : String(revision)],
      ['Look at it by', type === 'deliverable.submitted' ? time(data, 'review_due_at') : undefined],
      ['Accepted', acceptedBy[text(data, 'accepted_by') ?? '']],
      ['Why', said(text(data, 'reject_reason'))],
    ],
    body: fitting(files.map(line), 2500, maxFiles) || undefined,
    footer: [shown(text(data, 'deliverable_id')), shown(text(data, 'booking_id'))],
    path: eventPath(id),
  };
}

const headlines: Readonly<Record<string, string>> = {
  'deliverable.submitted': ':package: Deliverable handed in',
  'deliverable.accepted': ':white_check_mark: Deliverable accepted',
  'deliverable.rejected': ':arrows_counterclockwise: Changes asked for',
};
const acceptedBy: Readonly<Record<string, string>> = {
  buyer: 'by the buyer',
  deadline: 'nobody objected in time',
};
const stores: Readonly<Record<string, string>> = {
  google_drive: 'Google Drive',
  dropbox: 'Dropbox',
};

const store = (slug: string | undefined) => (slug === undefined ? undefined : (stores[slug] ?? 'elsewhere'));
const time = (data: HubEvent['data'], path: string) => when(text(data, path), undefined, undefined);

/** A file whose rating does not let it leave has no address here, and is named all the same. */
function line(file: Readonly<Record<string, unknown>>): string {
  const [name, url] = [plain(text(file, 'name') ?? 'a file', 80), text(file, 'url')];
  const size = number(file, 'size_bytes');
  return `• ${url?.startsWith('https://') ? link(url, name) : name}${size === undefined ? '' : `, ${bytes(size)}`}`;
}
