/**
 * Opens 127.0.0.0/8, ::1 and `localhost` (http or https, any port) for development and tests.
 * A symbol, so that no environment variable, JSON file or spread of user input can set it by accident.
 */
export const allowLoopback: unique symbol = Symbol('patchbay.egress.allowLoopback');

export type EgressPolicy = {
  /** In addition to 443 and 8443. */
  ports: number[];
  /** Our own public names (or addresses): an endpoint must never be ourselves. */
  ownHosts: string[];
  [allowLoopback]?: true;
};
