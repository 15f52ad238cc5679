import { eraseAccount } from '#src/access';
import type { Ports } from '#src/context';
import { connectionKinds } from '#src/connections';
import { cancelKind, releaseKind } from '#src/deliveries';
import { announce, expandEvent, redriveKind } from '#src/events';
import { inactivityKind } from '#src/inactivity';
import { rewrapKind } from '#src/keys';
import { leaksKind } from '#src/leaks';
import { endKind } from '#src/revocations';
import { replayKind } from '#src/subscriptions';
import type { TaskKinds } from '#src/tasks';

/** What each kind of durable work does; the rooms own them. */
export const taskKinds = (ports: Ports): TaskKinds => ({
  expand: expandEvent(ports),
  announce: announce(ports),
  erase: eraseAccount(ports),
  replay: replayKind(ports),
  release: releaseKind(ports),
  redrive: redriveKind(ports),
  cancel: cancelKind(ports),
  end: endKind(ports),
  rewrap: rewrapKind(ports),
  leaks: leaksKind(ports),
  inactivity: inactivityKind(ports),
  ...connectionKinds(ports),
});
