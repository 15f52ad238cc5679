import type { Ports } from '#src/context';
import { OAuthError } from './errors.ts';
import { issuerOf } from './metadata.ts';
import type { Parameters } from './parameters.ts';

/** RFC 8707 §2: there is one resource here, the hub itself, so every token is for it. `invalid_target` for another. */
export function refuseOtherResources(ports: Pick<Ports, 'settings'>, form: Parameters): void {
  const ours = issuerOf(ports);
  if (form.all('resource').every((one) => one === ours || one === `${ours}/`)) return;
  throw new OAuthError('invalid_target', `The one resource of this server is ${ours}.`);
}
