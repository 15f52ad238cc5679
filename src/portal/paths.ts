/** Where things are, said once. */
export const home = '/portal';
export const signInPath = `${home}/sign-in`;
export const consentPath = `${home}/consent`;
/** The pages for staff, which are not the portal's. */
export const consolePath = '/admin';
export const accountPath = `${home}/account`;
export const tokensPath = `${home}/tokens`;
export const newTokenPath = `${tokensPath}/new`;
export const deliveriesPath = `${home}/deliveries`;
export const subscriptionsPath = `${home}/subscriptions`;
export const newSubscriptionPath = `${subscriptionsPath}/new`;
export const appsPath = `${home}/apps`;
export const usagePath = `${home}/usage`;
/** Where accounts of vendors are linked, and the gallery of what there is to link. */
export const connectionsPath = `${home}/connections`;
export const connectorsPath = `${home}/connectors`;
export const recipesPath = `${home}/recipes`;
export const feedsPath = `${home}/calendar-feeds`;
/** Tools that ask for RFPs by a signature. */
export const sendersPath = `${home}/rfp-senders`;
export const typesPath = `${home}/event-types`;

export const deliveryPath = (id: string): string => `${deliveriesPath}/${id}`;
export const subscriptionPath = (id: string): string => `${subscriptionsPath}/${id}`;
/** What happened before a subscription was made, to be sent after all. */
export const backfillPath = (id: string): string => `${subscriptionPath(id)}/backfill`;
export const replayPath = (id: string, replay: string): string => `${subscriptionPath(id)}/replays/${replay}`;
export const eventPath = (id: string): string => `${home}/events/${encodeURIComponent(id)}`;
export const typePath = (type: string): string => `${typesPath}/${encodeURIComponent(type)}`;
export const connectPath = (connector: string): string => `${connectorsPath}/${connector}`;
export const connectionPath = (id: string): string => `${connectionsPath}/${id}`;
/** A subscription that goes through a connection: a new one, or what it does there. */
export const plugPath = (id: string, subscription = 'new'): string =>
  `${connectionPath(id)}/subscriptions/${subscription}`;
export const recipePath = (id: string): string => `${recipesPath}/${id}`;
export const appPath = (grantId: string): string => `${appsPath}/${grantId}`;
export const tokenPath = (id: string): string => `${tokensPath}/${id}`;
export const senderPath = (id: string): string => `${sendersPath}/${id}`;
export const receiptPath = (id: string): string => `${home}/revocations/${id}`;

/** Where a page hears that what it shows has changed. */
export const livePath = (path: string): string => path.replace(home, `${home}/live`);

export { withQuery } from '#src/ui';
