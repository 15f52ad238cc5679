import { Chip, Empty, type Health, PatchBay, type Tone } from '#src/ui';
import { bayOf, cordWords, type PartnerCord, partnerHref } from './cords.ts';
import { mostCounted, type Places } from './day.ts';
import { home } from './paths.ts';
import { Tabs } from './tabs.tsx';

const words: Record<Places, string> = { city: 'Cities', host: 'Destinations' };

type FlowProps = { cords: readonly PartnerCord[]; by: Places; isMore: boolean };

/** The patch bay over everybody: partners, and where their day went. The list below says the same to ears and keys. */
export function Flow({ cords, by, isMore }: FlowProps) {
  const stamp = cords.map(({ health, total, delivered }) => `${health}${total}${delivered}`).join();
  return (
    <section class="stack" aria-labelledby="flow" data-live="flow" data-stamp={stamp}>
      <div class="row apart">
        <h2 id="flow">The last 24 hours</h2>
        <Tabs
          name="Right side of the picture"
          at={by}
          tabs={[
            ['city', home, words.city],
            ['host', `${home}?by=host`, words.host],
          ]}
        />
      </div>
      {isMore ? (
        <p class="dim">A busy day: the newest {mostCounted.toLocaleString('en')} deliveries are drawn.</p>
      ) : null}
      {cords.length === 0 ? <NothingFlows /> : <Drawn cords={cords} by={by} />}
    </section>
  );
}

function Drawn({ cords, by }: { cords: readonly PartnerCord[]; by: Places }) {
  return (
    <>
      <ul class="key">
        {(['unplugged', 'broken', 'held', 'flowing'] as const).map((health) => (
          <li>
            <HealthChip health={health} />
          </li>
        ))}
      </ul>
      <PatchBay facts={bayOf(cords, by)} />
      <h3>The same as a list</h3>
      <table>
        <thead>
          <tr class="indent">
            <th>Partner</th>
            <th class="wide-only">{by === 'city' ? 'City' : 'Destination'}</th>
            <th class="wide-only">In 24 hours</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {cords.slice(0, 200).map((cord) => (
            <Row cord={cord} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ cord }: { cord: PartnerCord }) {
  const { partner, place, health } = cord;
  return (
    <tr data-row>
      <td>
        {partner.id === null ? (
          partner.name
        ) : (
          <a class="whole" href={partnerHref(partner.id)}>
            {partner.name}
          </a>
        )}
        <p class="dim narrow-only">
          {place === null ? '' : `${place}: `}
          {cordWords(cord)}
        </p>
      </td>
      <td class="wide-only">{place ?? 'nowhere'}</td>
      <td class="wide-only">{cordWords(cord)}</td>
      <td>
        <HealthChip health={health} />
      </td>
    </tr>
  );
}

const tones: Record<Health, Tone> = {
  flowing: 'good',
  held: 'wait',
  broken: 'bad',
  quiet: 'off',
  unplugged: 'bad',
};

const HealthChip = ({ health }: { health: Health }) => <Chip tone={tones[health]}>{health}</Chip>;

function NothingFlows() {
  return (
    <Empty title="Nothing was sent in the last 24 hours">
      <p>Each partner whose subscriptions are sent something appears here, with a cord to where it goes.</p>
    </Empty>
  );
}
