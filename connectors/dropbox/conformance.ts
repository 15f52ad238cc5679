import type { Conformance } from '#kit/conformance'; // Types alone: nothing of the suite comes into a bundle.
import type { Kind } from './plan.ts';
import { dropbox } from './stand-in.ts';

const refusal = (error: Record<string, unknown>) => ({
  error_summary: `${String(error['.tag'])}/...`,
  error,
});
/** `files.UploadError.path`: a struct, whose fields stand beside the tag. */
const write = (reason: string, below: Record<string, unknown> = {}) =>
  refusal({ '.tag': 'path', reason: { '.tag': reason, ...below }, upload_session_id: 'none' });

export const conformance: Conformance<Record<string, never>, Kind> = {
  standIn: dropbox,
  connections: [
    {
      name: 'an app folder',
      tier: 'app-folder',
      options: {},
      tokenAnswer: {
        access_token: 'dropbox-access-not-a-secret',
        refresh_token: 'dropbox-refresh-not-a-secret',
        token_type: 'bearer',
        expires_in: 14_400,
        scope: 'files.content.write files.metadata.read',
        account_id: 'dbid:not-an-account',
        uid: '12345',
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
      body: refusal({ '.tag': 'expired_access_token' }),
      outcome: { kind: 'auth', next: 'refresh', code: 'expired_access_token' },
    },
    {
      when: 'the token is none',
      status: 401,
      body: refusal({ '.tag': 'invalid_access_token' }),
      outcome: { kind: 'auth', next: 'refresh', code: 'invalid_access_token' },
    },
    {
      when: 'a scope was not given',
      status: 401,
      body: refusal({ '.tag': 'missing_scope', required_scope: 'files.content.write' }),
      outcome: { kind: 'auth', next: 'reconnect', code: 'missing_scope' },
    },
    {
      when: 'the user is suspended',
      status: 401,
      body: refusal({ '.tag': 'user_suspended' }),
      outcome: { kind: 'auth', next: 'reconnect', code: 'user_suspended' },
    },
    {
      when: 'the app may not use this call',
      status: 401,
      body: refusal({ '.tag': 'route_access_denied' }),
      outcome: { kind: 'permanent', code: 'route_access_denied' },
    },
    {
      when: 'the team does not let the app in',
      status: 403,
      body: refusal({ '.tag': 'team_access_denied' }),
      outcome: { kind: 'permanent', code: 'team_access_denied' },
    },
    {
      when: 'this kind of account may not',
      status: 403,
      body: refusal({ '.tag': 'invalid_account_type', invalid_account_type: { '.tag': 'feature' } }),
      outcome: { kind: 'permanent', code: 'invalid_account_type_feature' },
    },
    {
      when: 'other content stands at the path',
      status: 409,
      body: write('conflict', { conflict: { '.tag': 'file' } }),
      outcome: { kind: 'permanent', code: 'path_conflict' },
    },
    {
      when: 'a folder stands at the path',
      status: 409,
      body: write('conflict', { conflict: { '.tag': 'folder' } }),
      outcome: { kind: 'permanent', code: 'path_conflict' },
    },
    {
      when: 'the Dropbox is full',
      status: 409,
      body: write('insufficient_space'),
      outcome: { kind: 'permanent', code: 'insufficient_space' },
    },
    {
      when: 'the folder may not be written',
      status: 409,
      body: write('no_write_permission'),
      outcome: { kind: 'permanent', code: 'no_write_permission' },
    },
    {
      when: 'writing is restricted',
      status: 409,
      body: write('access_restricted'),
      outcome: { kind: 'permanent', code: 'access_restricted' },
    },
    {
      when: 'the write is suppressed',
      status: 409,
      body: write('operation_suppressed'),
      outcome: { kind: 'permanent', code: 'operation_suppressed' },
    },
    {
      when: 'the folder became a team folder',
      status: 409,
      body: write('team_folder'),
      outcome: { kind: 'permanent', code: 'team_folder' },
    },
    {
      when: 'the name is not allowed',
      status: 409,
      body: write('disallowed_name'),
      outcome: { kind: 'permanent', code: 'path_disallowed_name' },
    },
    {
      when: 'the path is malformed',
      status: 409,
      body: write('malformed_path'),
      outcome: { kind: 'permanent', code: 'path_malformed_path' },
    },
    {
      when: 'another write is under way',
      status: 409,
      body: write('too_many_write_operations'),
      outcome: { kind: 'transient', code: 'too_many_write_operations', slow: 'connection' },
    },
    {
      when: 'the bytes were damaged on their way',
      status: 409,
      body: refusal({ '.tag': 'content_hash_mismatch' }),
      outcome: { kind: 'transient', code: 'content_hash_mismatch', slow: 'call' },
    },
    {
      when: 'the body is too large',
      status: 409,
      body: refusal({ '.tag': 'payload_too_large' }),
      outcome: { kind: 'permanent', code: 'payload_too_large' },
    },
    {
      when: 'the folder is end-to-end encrypted',
      status: 409,
      body: refusal({ '.tag': 'encryption_not_supported' }),
      outcome: { kind: 'permanent', code: 'encryption_not_supported' },
    },
    {
      when: 'a tag of tomorrow',
      status: 409,
      body: refusal({ '.tag': 'other' }),
      outcome: { kind: 'permanent', code: 'other' },
    },
    {
      when: 'too many requests, and the body says how long',
      status: 429,
      body: { error: { reason: { '.tag': 'too_many_requests' }, retry_after: 15 } },
      outcome: { kind: 'transient', code: 'too_many_requests', slow: 'connection', retryAfterMs: 15_000 },
    },
    {
      when: 'too many writes, and the body says how long',
      status: 429,
      body: { error: { reason: { '.tag': 'too_many_write_operations' }, retry_after: 1 } },
      outcome: {
        kind: 'transient',
        code: 'too_many_write_operations',
        slow: 'connection',
        retryAfterMs: 1_000,
      },
    },
    {
      when: 'too many requests, in plain text',
      status: 429,
      headers: { 'retry-after': '30', 'content-type': 'text/plain' },
      body: 'too_many_requests/..',
      outcome: { kind: 'transient', code: 'too_many_requests', slow: 'connection', retryAfterMs: 30_000 },
    },
    {
      when: 'the request is malformed, in plain text',
      status: 400,
      body: 'Error in call to API function "files/upload": HTTP header "Dropbox-API-Arg": could not decode input as JSON',
      outcome: { kind: 'permanent', code: 'http_400' },
    },
    {
      when: 'Dropbox is unwell',
      status: 500,
      body: 'Internal Server Error',
      outcome: { kind: 'transient', code: 'http_500', slow: 'call' },
    },
    {
      when: 'Dropbox is away and says for how long',
      status: 503,
      headers: { 'retry-after': '20' },
      outcome: { kind: 'transient', code: 'http_503', slow: 'call', retryAfterMs: 20_000 },
    },
    {
      when: 'Dropbox holds other bytes than were sent',
      status: 200,
      body: { id: 'id:1', rev: '01', content_hash: '0'.repeat(64) },
      outcome: { kind: 'permanent', code: 'hash_mismatch' },
    },
    {
      when: 'the answer tells no checksum',
      status: 200,
      body: { id: 'id:1', rev: '01' },
      outcome: { kind: 'unknown', code: 'unreadable_answer' },
    },
  ],
};
