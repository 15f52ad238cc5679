import { scopeNames, scopes } from '#src/catalog';
import type { ToldRoute } from '#src/wire';
import type { Registry } from './registry.ts';

type Security = ToldRoute['security'];

/** The names that `security` of an operation uses. */
export function securitySchemes(registry: Registry, publicUrl: string): void {
  const at = (path: string): string => publicUrl.replace(/\/+$/, '') + path;
  const [tokenUrl, own] = [at('/oauth/token'), ['webhooks:manage', 'rfps:create']];
  const told = (names: readonly string[]) =>
    Object.fromEntries(
      scopeNames.filter((name) => names.includes(name)).map((name) => [name, scopes[name].description]),
    );
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'pbk_…',
    description: `An opaque token: personal, of an app, or of a service. Scopes: ${scopeList}.`,
  });
  registry.registerComponent('securitySchemes', 'oauth', {
    type: 'oauth2',
    description:
      'How a partner’s app gets its token (docs/oauth.md). With PKCE S256, always; pushed requests (RFC 9126) and DPoP (RFC 9449: `Authorization: DPoP …` and a `DPoP` header) where the client is registered for them, or wants them. In OpenAPI 3.1 the device flow (RFC 8628) is an extension.',
    flows: {
      authorizationCode: {
        authorizationUrl: at('/oauth/authorize'),
        tokenUrl,
        refreshUrl: tokenUrl,
        scopes: told(forApps),
      },
      clientCredentials: { tokenUrl, scopes: told(own) },
      'x-deviceAuthorization': {
        deviceAuthorizationUrl: at('/oauth/device_authorization'),
        tokenUrl,
        scopes: told(forApps),
      },
    },
  });
  registry.registerComponent('securitySchemes', 'signature', {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'Standard Webhooks 1.0 by the secret of a sender (`POST /v1/rfps/senders`): `v1,` and the HMAC-SHA256 of `webhook-id`, `webhook-timestamp` and the body, in base64.',
  });
  registry.registerComponent('securitySchemes', 'client', {
    type: 'http',
    scheme: 'basic',
    description:
      'The client itself: its id and secret by Basic; or, as parameters, `client_id` and `client_secret`; or a `client_assertion` (`private_key_jwt`); or, for a public client, `client_id` alone.',
  });
  registry.registerComponent('securitySchemes', 'registration', {
    type: 'http',
    scheme: 'bearer',
    description: 'The registration token of a partner: `patchbay partner registration`.',
  });
  registry.registerComponent('securitySchemes', 'staffSession', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-patchbay',
    description: 'The session of a person with a role, in the console.',
  });
}

/** Whatever a token of an app may do, OAuth gets one for; its own scopes are no services'. */
export const withOAuth = (security: Security): Security =>
  security.flatMap((one) => {
    const asked = one['token'];
    const isForApps = asked?.every((scope) => forApps.includes(scope)) && security.length === 1;
    return isForApps && asked ? [one, { oauth: asked }] : [one];
  });

const forApps: readonly string[] = scopeNames.filter((name) => !scopes[name].serviceOnly);

const scopeList = scopeNames.map((scope) => `\`${scope}\``).join(', ');
