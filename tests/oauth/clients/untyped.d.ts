/** They bring no types of their own; what a test asks of them is proved by running it. */
declare module 'passport-oauth2';
declare module 'simple-oauth2';
