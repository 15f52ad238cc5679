import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';
import { eventTypes, expandTypes } from '#src/catalog';
import { eventOf } from './slack-hub.ts';

const options = connector.manifest.options.parse({ channel: 'C0RFPS', respond: 'channel' });
const planned = (event: ReturnType<typeof eventOf>) => connector.plan(event, options, {});
const bodyOf = (event: ReturnType<typeof eventOf>) =>
  planned(event)[0]!.body as { text: string; blocks: any[]; respond?: unknown };
const types = expandTypes(connector.manifest.consumes);

describe('messages that a person likes to read', () => {
  it.each(types)('%s reads as it was reviewed', async (type) => {
    const { text, blocks } = bodyOf(eventOf(type));
    const golden = join(import.meta.dirname, '../../connectors/slack/fixtures/cards', `${type}.json`);
    await expect(`${JSON.stringify({ text, blocks }, null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  it.each(types)('%s in version 1, with its own scope alone, shows nothing that is not there', (type) => {
    const scopes = [eventTypes.get(type)!.scope];
    const said = JSON.stringify(planned(eventOf(type, { scopes, schema_version: 1 })));
    expect(said).not.toMatch(/undefined|NaN|\[object|Invalid Date|\bnull\b/);
  });

  it('shows times in the reader’s zone, and in that of the place where Slack cannot', () => {
    const { text, blocks } = bodyOf(
      eventOf('booking.confirmed', {
        data: {
          starts_at: '2026-11-01T05:30:00.000Z',
          ends_at: '2026-11-01T08:30:00.000Z',
          time_zone: 'America/Chicago',
        },
      }),
    );
    // Clocks went back at 02:00 that night: from 00:30 CDT to 02:30 CST, three hours.
    expect(JSON.stringify(blocks)).toContain(
      '<!date^1793511000^{date_short_pretty} at {time}|Sun, Nov 1, 2026, 12:30 AM CDT> to <!date^1793521800^{time}|2:30 AM>',
    );
    expect(text).toContain('Sun, Nov 1, 2026, 12:30 AM CDT');
  });

  it('a title can call nobody, and hide no address behind a word', () => {
    const { text, blocks } = bodyOf(
      eventOf('booking.confirmed', { data: { title: '<!channel> <https://evil.example|Patchbay> & <@U1>' } }),
    );
    const said = JSON.stringify({ text, blocks: blocks.slice(1, 2) });
    expect(said).toContain('&lt;!channel&gt; &lt;https://evil.example|Patchbay&gt; &amp; &lt;@U1&gt;');
    expect(said).not.toMatch(/<[!@h]/);
  });

  it('each line of somebody’s words is quoted, so that none passes for ours', () => {
    const { blocks } = bodyOf(
      eventOf('review.published', { data: { body: 'Great.\n*Booking cancelled*\r\n<!here>' } }),
    );
    const body = blocks.find((block: any) => block.text?.text?.startsWith('>'));
    expect(body.text.text).toBe('>Great.\n>*Booking cancelled*\n>&lt;!here&gt;');
  });

  it('street, e-mail, phone and notes stay out, whatever the grant reveals', () => {
    const event = eventOf('booking.confirmed');
    const said = JSON.stringify(bodyOf(event));
    const { buyer, venue, notes } = event.data as any;
    for (const hidden of [buyer.email, buyer.phone, venue.address.line1, notes]) {
      expect(hidden).toBeTruthy();
      expect(said).not.toContain(hidden);
    }
    expect(said).toContain(buyer.name);
  });

  it('a withdrawn RFP and a cancelled booking say no more than that', () => {
    const rfp = JSON.stringify(bodyOf(eventOf('rfp.withdrawn')));
    expect(rfp).not.toContain('Half a day in Houston');
    const booking = eventOf('booking.cancelled');
    expect(JSON.stringify(bodyOf(booking))).not.toContain((booking.data as any).buyer.name);
  });

  it('a file that may not leave is named without its address', () => {
    const files = [
      {
        name: 'open.jpg',
        sha256: 'a'.repeat(64),
        size_bytes: 1_500_000,
        content_rating: 'general',
        url: 'https://drive.example.com/open',
      },
      {
        name: 'held.jpg',
        sha256: 'b'.repeat(64),
        size_bytes: 10,
        content_rating: 'unrated',
        url: 'https://drive.example.com/held',
      },
    ];
    const said = JSON.stringify(
      bodyOf(eventOf('deliverable.submitted', { data: { manifest: { sha256: 'c'.repeat(64), files } } })),
    );
    expect(said).toContain('<https://drive.example.com/open|open.jpg>, 1.5 MB');
    expect(said).toContain('held.jpg, 10 B');
    expect(said).not.toContain('drive.example.com/held');
  });

  it('can be answered by the provider, while it is a request, where it is switched on', () => {
    const asked = eventOf('booking.requested');
    expect(bodyOf(asked).respond).toEqual({ subject: asked.subject, who: 'channel' });
    expect(bodyOf({ ...asked, account: (asked.data as any).buyer.account_id }).respond).toBeUndefined();
    expect(bodyOf(eventOf('booking.confirmed')).respond).toBeUndefined();
    const off = connector.manifest.options.parse({ channel: 'C0RFPS' });
    expect((connector.plan(asked, off, {})[0]!.body as any).respond).toBeUndefined();
  });
});

describe('Block Kit’s limits', () => {
  const long = fc.string({
    unit: fc.constantFrom('&', '<', '>', 'ä', '\n', ' ', '😀', 'a'),
    minLength: 100,
    maxLength: 4000,
  });

  it('hold for any text, and nothing is cut through its middle', () => {
    fc.assert(
      fc.property(long, long, fc.integer({ min: 0, max: 200 }), (title, body, count) => {
        const files = Array.from({ length: count }, (_, index) => ({
          name: `${index}${title}`,
          sha256: 'a'.repeat(64),
          size_bytes: 10,
          content_rating: 'general',
          url: `https://drive.example.com/${'x'.repeat(1_900)}`,
        }));
        for (const event of [
          eventOf('deliverable.submitted', { data: { title, manifest: { sha256: 'c'.repeat(64), files } } }),
          eventOf('rfp.created', { data: { title, brief: body } }),
          eventOf('review.published', { data: { body, author_name: title } }),
          eventOf('booking.confirmed', { data: { title, service: title } }),
        ]) {
          const { text, blocks } = bodyOf(event);
          expect(text.length).toBeLessThanOrEqual(3_000);
          expect(blocks.length).toBeLessThanOrEqual(49);
          for (const block of blocks) prove(block);
        }
      }),
      { numRuns: 60 },
    );
  });

  function prove(block: any): void {
    if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
    for (const { text, max } of [
      ...(block.type === 'section' && block.text ? [{ text: block.text.text, max: 3_000 }] : []),
      ...(block.fields ?? []).map((field: any) => ({ text: field.text, max: 2_000 })),
      ...(block.elements ?? []).map((element: any) => ({ text: element.text, max: 2_000 })),
    ]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(max);
      expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
    expect((block.fields ?? []).length).toBeLessThanOrEqual(10);
  }
});
