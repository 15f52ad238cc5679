/** It brings no types of its own; what a test asks of it is proved by running it. */
declare module 'oidc-provider';
