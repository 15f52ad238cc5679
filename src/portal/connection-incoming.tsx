import type { AboutConnector, ConnectionRow } from '#src/connections';
import { Ask } from '#src/ui';
import { connectionPath } from './paths.ts';

type Kind = AboutConnector['intents'][number];

const words: Record<Kind, [title: string, meaning: (vendor: string) => string]> = {
  'booking.respond': [
    'Answers to booking requests',
    (vendor) =>
      `Whoever may act in that ${vendor} account can accept or decline a booking from there. The marketplace decides as if you had pressed the button on its own pages.`,
  ],
  'rfp.stage': [
    'Moves of a request for proposals',
    (vendor) =>
      `When somebody moves it in ${vendor}, the marketplace is asked to move the request, too. It may say no.`,
  ],
};

/** What may come back from there: off until the account says so. */
export function Incoming({ row, about }: { row: ConnectionRow; about: AboutConnector }) {
  if (about.intents.length === 0 || row.state === 'pending') return null;
  return (
    <section class="stack" aria-labelledby="incoming">
      <h2 id="incoming">What may come in from there</h2>
      <p class="dim small">
        Nothing does unless you switch it on. Whatever comes is a wish: it is recorded, and the marketplace
        answers it.
      </p>
      <Ask action={`${connectionPath(row.id)}/intents`} label="What may come in from there">
        {about.intents.map((kind) => (
          <label class="pick">
            <input type="checkbox" name="intents" value={kind} checked={row.intents.includes(kind)} />
            <span>
              <b>{words[kind][0]}</b>
              <br />
              <span class="dim">{words[kind][1](about.name)}</span>
            </span>
          </label>
        ))}
        <p>
          <button>Keep this</button>
        </p>
      </Ask>
    </section>
  );
}
