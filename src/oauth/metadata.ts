import { scopes, scopeNames } from '#src/catalog';
import type { Ports } from '#src/context';
import { proofAlgorithms } from '#src/dpop';

export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
] as const;
export const authMethods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

/** Asymmetric alone (RFC 8725 §3.1). */
export const assertionAlgorithms = ['ES256', 'EdDSA', 'PS256', 'RS256'];

type Needs = Pick<Ports, 'settings'>;

/** Letter for letter what answers carry as `iss`, so it has no slash at its end. */
export const issuerOf = ({ settings }: Needs): string => settings.publicUrl.replace(/\/+$/, '');

const offered = scopeNames.filter((name) => !scopes[name].serviceOnly);

/** RFC 8414, with what RFCs 9126, 9207, 8628 and 9449 add to it. */
export function serverMetadata(ports: Needs) {
  const issuer = issuerOf(ports);
  const authenticating = authMethods.filter((method) => method !== 'none');
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    jwks_uri: `${issuer}/oauth/jwks`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    registration_endpoint: `${issuer}/oauth/register`,
    scopes_supported: offered,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: grantTypes,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: authenticating,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    authorization_response_iss_parameter_supported: true,
    require_pushed_authorization_requests: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    dpop_signing_alg_values_supported: proofAlgorithms,
    service_documentation: `${issuer}/docs`,
  };
}

/** RFC 9728. */
export function resourceMetadata(ports: Needs) {
  const issuer = issuerOf(ports);
  return {
    resource: issuer,
    authorization_servers: [issuer],
    scopes_supported: offered,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: proofAlgorithms,
    resource_name: 'Patchbay',
    resource_documentation: `${issuer}/docs`,
  };
}
