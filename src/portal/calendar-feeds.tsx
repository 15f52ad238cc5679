import { createFeed, listFeeds, revokeFeed, type ShownFeed } from '#src/calendar-feeds';
import { Ask, Chip, Crumb, Pages, Question, Secret, TextField, type Wrong, wrongOf, When } from '#src/ui';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { connectionsPath, feedsPath, withQuery } from './paths.ts';
import { reasonOf } from './revoking.ts';
import { WhyEnded } from './why-ended.tsx';

/** Bookings for any calendar program, at an address that is its own key: made, shown once, ended. */
export function calendarFeedPages(portal: Portal): void {
  page(portal, feedsPath, async ({ ctx, query }) => {
    const after = query.get('after') ?? '';
    const feeds = await listFeeds(ctx, { limit: 25, ...(after === '' ? {} : { after }) });
    return listPage(feeds, after, { label: '', contact: false }, new Map());
  });
  deed(portal, feedsPath, async ({ ctx, form }) => {
    const wish = { label: form.one('label'), contact: form.one('contact') === 'on' };
    const again = async (wrong: Wrong) => listPage(await listFeeds(ctx, { limit: 25 }), '', wish, wrong);
    if (wish.label === '' || wish.label.length > 100)
      return again(new Map([['label', 'Give it a name of at most 100 letters.']]));
    try {
      return madePage(await createFeed(ctx, wish));
    } catch (error) {
      return again(wrongOf(error, { '*': 'label', contact: 'contact' }));
    }
  });
  const path = `${feedsPath}/:id/revoke`;
  page(portal, path, async ({ param }) => ({
    title: 'End a calendar feed',
    body: (
      <Question
        title="End this calendar feed?"
        action={`${feedsPath}/${encodeURIComponent(param('id'))}/revoke`}
        back={feedsPath}
        backName="Calendar feeds"
        button="End it"
        isDangerous
      >
        <ul class="points">
          <li>Its address answers 410 from then on; calendars that read it stop asking.</li>
          <li>Some go on showing what they have read until somebody takes the calendar out there.</li>
        </ul>
        <WhyEnded leaked="its address" />
      </Question>
    ),
  }));
  deed(portal, path, async ({ ctx, param, form }) => {
    await revokeFeed(ctx, param('id'), reasonOf(form) === 'leaked' ? 'leaked' : 'user');
    return { to: withQuery(feedsPath, { done: 'feed_ended' }) };
  });
}

type Feeds = Awaited<ReturnType<typeof listFeeds>>;
type Wish = { label: string; contact: boolean };

function listPage({ data, next_cursor: next }: Feeds, after: string, wish: Wish, wrong: Wrong): Shown {
  return {
    title: 'Calendar feeds',
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={connectionsPath}>Connections</Crumb>
          <h1>Calendar feeds</h1>
          <p class="lead">
            Your bookings in Apple Calendar, Outlook or any other: an address to subscribe to, without an
            account anywhere. They come a little late, as each program asks when it likes.
          </p>
        </header>
        {data.length > 0 ? <List feeds={data} /> : null}
        <Pages
          first={after === '' ? null : feedsPath}
          next={next === null ? null : withQuery(feedsPath, { after: next })}
        />
        <section class="form stack" aria-labelledby="make">
          <h2 id="make">A new feed</h2>
          {data.length === 0 ? (
            <p class="dim">
              Make one for each program that reads it, so that you can end one and keep the others. The
              address is shown once.
            </p>
          ) : null}
          <Ask action={feedsPath} label="A new feed">
            <TextField
              name="label"
              label="Name of the calendar"
              value={wish.label}
              placeholder="Bookings"
              wrong={wrong}
            />
            <label class="pick">
              <input type="checkbox" name="contact" value="on" checked={wish.contact} />
              <span>
                <b>With people and addresses</b>
                <br />
                <span class="dim">
                  Names, phone numbers, the street and notes. Whoever has the address of the feed reads them.
                </span>
              </span>
            </label>
            <p>
              <button class="primary">Make the feed</button>
            </p>
          </Ask>
        </section>
      </div>
    ),
  };
}

function List({ feeds }: { feeds: ShownFeed[] }) {
  return (
    <table>
      <caption class="vh">Calendar feeds, newest first</caption>
      <thead>
        <tr>
          <th>Calendar</th>
          <th>State</th>
          <th class="end wide-only">Last read</th>
          <th>
            <span class="vh">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {feeds.map((feed) => (
          <tr>
            <td>
              <b>{feed.label}</b>
              <p class="dim">{feed.contact ? 'with people and addresses' : 'without people and addresses'}</p>
            </td>
            <td>
              {feed.revoked_at === null ? <Chip tone="good">active</Chip> : <Chip tone="off">ended</Chip>}
              {feed.revoked_at === null && feed.ends_unused_at ? (
                <p class="dim">
                  unread, it ends <When at={feed.ends_unused_at} />
                </p>
              ) : null}
            </td>
            <td class="end dim wide-only">{feed.last_used_at ? <When at={feed.last_used_at} /> : 'never'}</td>
            <td class="end">
              {feed.revoked_at === null ? (
                <a href={`${feedsPath}/${feed.id}/revoke`} data-dialog>
                  End it<span class="vh"> ({feed.label})</span>
                </a>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const madePage = ({ label, url }: { label: string; url: string }): Shown => ({
  title: 'Your calendar feed',
  status: 201,
  body: (
    <div class="stack form">
      <h1>{label}</h1>
      <Secret text={url} name="Address">
        <p>
          This is the only time that it is shown. In your calendar, choose “subscribe to a calendar” or “from
          URL”, and paste it. Whoever has it can read the calendar. Lost it? End this feed and make another.
        </p>
      </Secret>
      <p>
        <a class="button" href={feedsPath}>
          I have it
        </a>
      </p>
    </div>
  ),
});
