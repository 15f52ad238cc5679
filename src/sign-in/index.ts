export { backChannelLogout } from './back-channel.ts';
export { beginSignIn } from './begin.ts';
export { type FailureReason, SignInFailure } from './failure.ts';
export { finishSignIn } from './finish.ts';
export { isLinked } from './identities.ts';
export { createIssuer, type Issuer } from './issuer.ts';
export { ownPath } from './next.ts';
export { backChannelPath, beginningPath, beginPath, callbackPath } from './paths.ts';
export { signOut } from './sign-out.ts';
