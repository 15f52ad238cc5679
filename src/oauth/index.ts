export { addClientSecret } from './credentials.ts';
export { createApp, type MadeApp, type NewApp } from './create-app.ts';
export { type OAuthCode, oauthStatuses } from './errors.ts';
export { decide, type Decided, type Decision } from './decide.ts';
export { type Interaction, readInteraction } from './interaction.ts';
export { hashNetwork } from './network.ts';
export {
  createPartner,
  createRegistrationToken,
  type NewReview,
  reviewPartner,
  withdrawReview,
} from './partners.ts';
export { oauthRoutes } from './routes.ts';
export { unreviewed } from './scopes.ts';
export { takesReview } from './scopes.ts';
