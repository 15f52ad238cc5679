import type { Conformance } from '#kit/conformance'; // Types alone: nothing of the suite comes into a bundle.
import type { Kind } from './plan.ts';
import { drive } from './stand-in.ts';

const refusal = (code: number, reason: string) => ({
  error: { code, message: reason, errors: [{ domain: 'global', reason, message: reason }] },
});

export const conformance: Conformance<Record<string, never>, Kind> = {
  standIn: drive,
  connections: [
    {
      name: 'a folder of our own',
      tier: 'own-files',
      options: {},
      tokenAnswer: {
        access_token: 'google-access-not-a-secret',
        refresh_token: 'google-refresh-not-a-secret',
        token_type: 'Bearer',
        expires_in: 3_599,
        scope: 'https://www.googleapis.com/auth/drive.file',
      },
    },
  ],
  story: [
    { type: 'deliverable.accepted' },
    { type: 'deliverable.accepted', seed: 2 },
    { type: 'deliverable.accepted', data: { revision: 7 } },
    { type: 'integration.test' },
  ],
  personal: ['manifest.files.name', 'manifest.files.url'],
  answers: [
    {
      when: 'the token has run out',
      status: 401,
      body: refusal(401, 'authError'),
      outcome: { kind: 'auth', next: 'refresh', code: 'authError' },
    },
    {
      when: 'the scope was not given',
      status: 403,
      body: refusal(403, 'insufficientPermissions'),
      outcome: { kind: 'auth', next: 'reconnect', code: 'insufficientPermissions' },
    },
    {
      when: 'the scopes were not given',
      status: 403,
      body: refusal(403, 'insufficientScopes'),
      outcome: { kind: 'auth', next: 'reconnect', code: 'insufficientScopes' },
    },
    {
      when: 'the user asks too much: a throttle, no permission',
      status: 403,
      headers: { 'retry-after': '4' },
      body: refusal(403, 'userRateLimitExceeded'),
      outcome: { kind: 'transient', code: 'userRateLimitExceeded', slow: 'connection', retryAfterMs: 4_000 },
    },
    {
      when: 'too many writes: a throttle, no permission',
      status: 403,
      body: refusal(403, 'rateLimitExceeded'),
      outcome: { kind: 'transient', code: 'rateLimitExceeded', slow: 'connection' },
    },
    {
      when: 'the project is through its day',
      status: 403,
      body: refusal(403, 'dailyLimitExceeded'),
      outcome: { kind: 'transient', code: 'dailyLimitExceeded', slow: 'app' },
    },
    {
      when: 'the project is through its quota',
      status: 403,
      body: refusal(403, 'quotaExceeded'),
      outcome: { kind: 'transient', code: 'quotaExceeded', slow: 'app' },
    },
    {
      when: 'a gate of Google’s, without JSON',
      status: 403,
      body: '<html>Sorry</html>',
      outcome: { kind: 'transient', code: 'http_403', slow: 'connection' },
    },
    {
      when: 'the storage is full',
      status: 403,
      body: refusal(403, 'storageQuotaExceeded'),
      outcome: { kind: 'permanent', code: 'storageQuotaExceeded' },
    },
    {
      when: 'the folder is full',
      status: 403,
      body: refusal(403, 'numChildrenInNonRootLimitExceeded'),
      outcome: { kind: 'permanent', code: 'numChildrenInNonRootLimitExceeded' },
    },
    {
      when: 'the account is full',
      status: 403,
      body: refusal(403, 'activeItemCreationLimitExceeded'),
      outcome: { kind: 'permanent', code: 'activeItemCreationLimitExceeded' },
    },
    {
      when: 'the user may not write there',
      status: 403,
      body: refusal(403, 'insufficientFilePermissions'),
      outcome: { kind: 'permanent', code: 'insufficientFilePermissions' },
    },
    {
      when: 'the file is no longer the app’s',
      status: 403,
      body: refusal(403, 'appNotAuthorizedToFile'),
      outcome: { kind: 'permanent', code: 'appNotAuthorizedToFile' },
    },
    {
      when: 'an admin forbids apps',
      status: 403,
      body: refusal(403, 'domainPolicy'),
      outcome: { kind: 'permanent', code: 'domainPolicy' },
    },
    {
      when: 'the API is switched off',
      status: 403,
      body: refusal(403, 'accessNotConfigured'),
      outcome: { kind: 'permanent', code: 'accessNotConfigured' },
    },
    {
      when: 'a reason of tomorrow',
      status: 403,
      body: refusal(403, 'somethingNew'),
      outcome: { kind: 'permanent', code: 'somethingNew' },
    },
    {
      when: 'the folder went away',
      status: 404,
      body: refusal(404, 'notFound'),
      outcome: { kind: 'transient', code: 'folder_gone', slow: 'call' },
    },
    {
      when: 'the id is spent, and its file deleted',
      status: 409,
      body: refusal(409, 'fileIdInUse'),
      outcome: { kind: 'transient', code: 'id_spent', slow: 'call' },
    },
    {
      when: 'the request is malformed',
      status: 400,
      body: refusal(400, 'badRequest'),
      outcome: { kind: 'permanent', code: 'badRequest' },
    },
    {
      when: 'too many requests',
      status: 429,
      headers: { 'retry-after': '11' },
      body: refusal(429, 'rateLimitExceeded'),
      outcome: { kind: 'transient', code: 'rateLimitExceeded', slow: 'connection', retryAfterMs: 11_000 },
    },
    {
      when: 'Drive is unwell',
      status: 500,
      body: refusal(500, 'backendError'),
      outcome: { kind: 'transient', code: 'backendError', slow: 'call' },
    },
    {
      when: 'Drive is away',
      status: 503,
      body: '<html>Service unavailable</html>',
      outcome: { kind: 'transient', code: 'http_503', slow: 'call' },
    },
    {
      when: 'Drive holds other bytes than were sent',
      status: 200,
      body: { id: 'drive-id-1', sha256Checksum: '0'.repeat(64) },
      outcome: { kind: 'permanent', code: 'hash_mismatch' },
    },
    {
      when: 'Drive has not computed the checksum yet',
      status: 200,
      body: { id: 'drive-id-1' },
      outcome: { kind: 'transient', code: 'checksum_pending', slow: 'call' },
    },
    {
      when: 'the answer tells no file',
      status: 200,
      body: { kind: 'drive#file' },
      outcome: { kind: 'unknown', code: 'unreadable_answer' },
    },
    {
      when: 'the folder cannot be looked at',
      on: 'GET /drive/v3/files/drive-id',
      status: 403,
      body: refusal(403, 'userRateLimitExceeded'),
      outcome: { kind: 'transient', code: 'userRateLimitExceeded' },
    },
    {
      when: 'no id is given out',
      on: 'GET /drive/v3/files/generateIds',
      status: 200,
      body: { ids: [] },
      outcome: { kind: 'unknown', code: 'unreadable_answer' },
    },
    {
      when: 'the search fails',
      on: 'GET /drive/v3/files',
      status: 500,
      body: refusal(500, 'internalError'),
      outcome: { kind: 'transient', code: 'internalError' },
    },
  ],
};
