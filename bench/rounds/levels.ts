import { cluster } from '../../tests/hosts/cluster.ts';
import { edge } from '../../tests/hosts/edge.ts';
import { embedded } from '../../tests/hosts/embedded.ts';
import { measureLevel, withStaff } from '../measures/revocation.ts';
import { levels } from '../../tests/hosts/revocation.ts';
import type { Bench } from './bench.ts';

const TIMES = { each: 2, quick: 1 };

/** Revocation at every level, on every host, with deliveries on their way. */
export async function measureLevels(bench: Bench): Promise<void> {
  const { cluster: home, options, figures } = bench;
  if (home === undefined) throw new Error('there is no cluster');
  const postgres = home.postgresUrl;
  const hosts = {
    embedded,
    postgres: cluster('postgres alone', { postgres, withRedis: false }),
    cluster: cluster('cluster', { postgres, withRedis: true }),
    edge,
  };
  for (const [name, host] of Object.entries(hosts)) {
    await withStaff(host, async (hub, staff) => {
      for (let turn = 0; turn < (options.isQuick ? TIMES.quick : TIMES.each); turn += 1)
        for (const level of levels)
          figures.note({ [`revoke.${name}.${level}`]: await measureLevel(hub, staff, level) });
    });
    for (const level of levels) {
      const found = figures.all()[`revoke.${name}.${level}`]?.rounds ?? [];
      figures.note({ [`revoke.${name}.${level}.max`]: Math.max(...found) });
    }
  }
}
