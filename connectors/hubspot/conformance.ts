import type { Conformance, Scene } from '#kit/conformance';
import type { Options } from './options.ts';
import type { Kind } from './plan.ts';
import { hubSpot } from './stand-in.ts';
import { hmacSha256 } from '#kit';

const options: Options = {
  pipeline: 'default',
  stage_open: 'appointmentscheduled',
  stage_quoted: 'contractsent',
  stage_awarded: 'closedwon',
  stage_closed: 'closedlost',
  fields: { amount: 'amount', closedate: 'respond_by', description: 'brief' },
  stage_changes: true,
};

const ava = { name: 'Ava Thompson', email: 'ava.thompson@example.com', phone: '+17135550117' };
const asker = { account_id: 'acc_01k0000000000000000000ava', kind: 'brand' };
const agreed = { buyer: { ...asker, ...ava, marketing_consent: true } };
const refused = { buyer: { ...asker, ...ava, marketing_consent: false } };

const story: Scene[] = [
  { type: 'rfp.created', data: agreed },
  { type: 'rfp.broadcast', data: agreed },
  { type: 'rfp.quoted', data: agreed },
  { type: 'rfp.awarded', data: agreed },
  { type: 'rfp.closed', data: { ...agreed, outcome: 'awarded' } },
  { type: 'rfp.created', seed: 2, data: refused },
  { type: 'rfp.withdrawn', seed: 2, data: refused },
  { type: 'rfp.created', seed: 3, data: refused },
  { type: 'rfp.closed', seed: 3, data: { ...refused, outcome: 'expired' } },
  { type: 'integration.test' },
];

const refusal = (category: string, more: Record<string, unknown> = {}) => ({
  status: 'error',
  message: 'It is so.',
  correlationId: '11061cd3-cf3b-45f7-98d4-27f10a99ece6',
  category,
  ...more,
});
const tooMany = (policyName: string) => ({
  status: 'error',
  message: 'You have reached your limit.',
  errorType: 'RATE_LIMIT',
  policyName,
});
const item = (category: string) => ({
  status: 'COMPLETE',
  results: [],
  numErrors: 1,
  errors: [refusal(category)],
});

const move = {
  portalId: 62515,
  appId: 54321,
  eventId: 100,
  subscriptionId: 7,
  occurredAt: 1795000000000,
  subscriptionType: 'deal.propertyChange',
  propertyName: 'dealstage',
  propertyValue: 'closedwon',
  attemptNumber: 0,
  objectId: 9001,
  changeSource: 'CRM_UI',
  sourceId: 'userId:42',
};

export const conformance: Conformance<Options, Kind> = {
  standIn: hubSpot,
  connections: [
    {
      name: 'deals and contacts',
      tier: 'crm',
      options,
      tokenAnswer: {
        token_type: 'bearer',
        access_token: 'fake-access-token-of-hubspot',
        refresh_token: 'fake-refresh-token-of-hubspot',
        expires_in: 1800,
        hub_id: 62515,
        scopes: ['oauth', 'crm.objects.deals.read', 'crm.objects.deals.write'],
      },
    },
  ],
  story,
  personal: ['buyer.name', 'buyer.email', 'buyer.phone'],
  answers: [
    {
      when: 'the token came too late',
      status: 401,
      body: refusal('EXPIRED_AUTHENTICATION'),
      outcome: { kind: 'auth', next: 'refresh', code: 'expired_authentication' },
    },
    {
      when: 'the app was uninstalled',
      status: 401,
      body: refusal('INVALID_AUTHENTICATION'),
      outcome: { kind: 'auth', next: 'reconnect', code: 'invalid_authentication' },
    },
    {
      when: 'something between us asks for a password',
      status: 401,
      body: '<html>Sign in</html>',
      outcome: { kind: 'transient', code: 'http_401', slow: 'call' },
    },
    {
      when: 'a scope is missing',
      status: 403,
      body: refusal('MISSING_SCOPES'),
      outcome: { kind: 'auth', next: 'reconnect', code: 'missing_scopes' },
    },
    {
      when: 'who connected may not edit associations',
      kind: 'association',
      status: 403,
      body: refusal('FORBIDDEN'),
      outcome: { kind: 'permanent', code: 'forbidden' },
    },
    {
      when: 'the deal was deleted',
      kind: 'association',
      status: 404,
      body: refusal('OBJECT_NOT_FOUND'),
      outcome: { kind: 'permanent', code: 'object_not_found' },
    },
    {
      when: 'somebody makes the same record at this moment',
      status: 409,
      body: refusal('CONFLICT'),
      outcome: { kind: 'transient', code: 'conflict', slow: 'call' },
    },
    {
      when: 'the record is locked',
      status: 423,
      body: refusal('LOCKED'),
      outcome: { kind: 'transient', code: 'locked', slow: 'connection', retryAfterMs: 2_000 },
    },
    {
      when: 'ten seconds had too many calls',
      status: 429,
      body: tooMany('TEN_SECONDLY_ROLLING'),
      outcome: { kind: 'transient', code: 'ten_secondly_rolling', slow: 'connection', retryAfterMs: 10_000 },
    },
    {
      when: 'a second had too many calls',
      status: 429,
      body: tooMany('SECONDLY'),
      outcome: { kind: 'transient', code: 'secondly', slow: 'connection', retryAfterMs: 1_000 },
    },
    {
      when: 'the day had too many calls',
      status: 429,
      body: tooMany('DAILY'),
      outcome: { kind: 'transient', code: 'daily', slow: 'connection', retryAfterMs: 3_600_000 },
    },
    {
      when: 'it says itself how long to wait',
      status: 429,
      headers: { 'retry-after': '7' },
      body: tooMany('TEN_SECONDLY_ROLLING'),
      outcome: { kind: 'transient', slow: 'connection', retryAfterMs: 7_000 },
    },
    {
      when: 'the account moves to another region',
      status: 477,
      headers: { 'retry-after': '600' },
      outcome: { kind: 'transient', code: 'account_is_moving', slow: 'connection', retryAfterMs: 600_000 },
    },
    {
      when: 'a rule of an admin refuses a value',
      status: 400,
      body: refusal('VALIDATION_ERROR', {
        errors: [
          {
            message: 'closedate is required when dealstage is closedwon',
            context: { propertyName: ['closedate'] },
          },
        ],
      }),
      outcome: { kind: 'permanent', code: 'validation_error' },
    },
    {
      when: 'the one input fails by a rule',
      status: 207,
      body: item('VALIDATION_ERROR'),
      outcome: { kind: 'permanent', code: 'validation_error' },
    },
    {
      when: 'the one input meets another write',
      status: 207,
      body: item('CONFLICT'),
      outcome: { kind: 'transient', code: 'conflict', slow: 'call' },
    },
    {
      when: 'the one input is over a limit',
      status: 207,
      body: item('RATE_LIMITS'),
      outcome: { kind: 'transient', code: 'rate_limit', slow: 'connection' },
    },
    {
      when: 'the one input lacks a scope',
      status: 207,
      body: item('MISSING_SCOPES'),
      outcome: { kind: 'auth', next: 'reconnect', code: 'missing_scopes' },
    },
    {
      when: 'an address is none',
      kind: 'contact',
      status: 400,
      body: refusal('VALIDATION_ERROR', {
        message:
          'Property values were not valid: [{"isValid":false,"message":"Email address ava.thompson@example.com is invalid","error":"INVALID_EMAIL","name":"email"}]',
      }),
      outcome: { kind: 'permanent', code: 'validation_error' },
    },
    {
      when: 'HubSpot is broken',
      status: 500,
      outcome: { kind: 'transient', code: 'http_500', slow: 'connection' },
    },
    {
      when: 'a gateway gives up',
      status: 504,
      body: '<html>Gateway timeout</html>',
      outcome: { kind: 'transient', code: 'http_504', slow: 'connection' },
    },
    {
      when: 'a page stands where the answer should be',
      status: 200,
      body: '<html>Down for maintenance</html>',
      outcome: { kind: 'unknown', code: 'unreadable_answer' },
    },
    {
      when: 'the deal is not told of',
      status: 200,
      body: { status: 'COMPLETE', results: [] },
      outcome: { kind: 'unknown', code: 'unreadable_answer' },
    },
  ],
  inbound: {
    async send(body, secret, at) {
      const url = 'https://hub.example/v1/inbound/hubspot';
      const timestamp = String(at.getTime());
      const raw = new TextEncoder().encode(body);
      const signed = await hmacSha256(secret, new TextEncoder().encode(`POST${url}${body}${timestamp}`));
      return {
        method: 'POST',
        url,
        headers: new Headers({
          'content-type': 'application/json',
          'x-hubspot-signature-version': 'v3',
          'x-hubspot-signature-v3': btoa(String.fromCharCode(...signed)),
          'x-hubspot-request-timestamp': timestamp,
        }),
        raw,
      };
    },
    proves: 'body',
    bodies: [
      { name: 'a deal was moved', body: JSON.stringify([move]), asks: 1 },
      {
        name: 'our own move comes back',
        body: JSON.stringify([{ ...move, changeSource: 'INTEGRATION', sourceId: '54321' }]),
      },
      { name: 'a stage that means nothing to us', body: JSON.stringify([{ ...move, propertyValue: '991' }]) },
      { name: 'another property', body: JSON.stringify([{ ...move, propertyName: 'amount' }]) },
      { name: 'another account', body: JSON.stringify([{ ...move, portalId: 1 }]) },
    ],
  },
};
