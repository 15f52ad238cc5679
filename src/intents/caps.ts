import type { Ports } from '#src/context';
import { refuseSpent } from '#src/limits';
import type { Cap, Standing } from '#src/ports';
import type { IntentAsk } from './ask.ts';

const hourMs = 3_600_000;

/**
 * Spends one intent of the person (the account, the partner, where there is none) and one of the origin, both or
 * neither. Throws 429. What is no longer valid spends nothing, and its standing is told.
 */
export async function spendIntent(
  { gate, settings }: Pick<Ports, 'gate' | 'settings'>,
  ask: Pick<IntentAsk, 'source' | 'userId' | 'accountId' | 'partnerId' | 'epochs'>,
): Promise<Standing> {
  const who = ask.userId ?? ask.accountId ?? ask.partnerId ?? ask.source;
  const capOf = (level: Cap['level'], key: string, burst: number): Cap => ({
    level,
    key: `${level}:${key}`,
    periodMs: hourMs / burst,
    burst,
    cost: 1,
  });
  const caps = [
    capOf('intents', who, settings.intentsPerHour),
    capOf('source_intents', ask.source, settings.intentsPerSourcePerHour),
  ];
  // The gate asks for a token by its id; whoever asks here is the id of none.
  const token = { id: who, locator: who.slice(-8) };
  const admission = await gate.admit({ epochs: [ask.epochs], token, caps });
  refuseSpent(caps, admission);
  return admission.standing;
}
