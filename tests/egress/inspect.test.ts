import { describe, expect, test } from 'vitest';
import { admitAddress, allowLoopback, type EgressPolicy, inspectUrl, readEgressPolicy } from '#src/egress';

const policy: EgressPolicy = { ports: [9443], ownHosts: ['Hub.example.com', '203.0.112.9'] };
const development: EgressPolicy = { ...policy, [allowLoopback]: true };

describe('an address that may be tried', () => {
  test.each([
    ['https://hooks.example.com/in', 'hooks.example.com', 443],
    ['https://hooks.example.com:8443/in?x=1', 'hooks.example.com', 8443],
    ['https://hooks.example.com:9443/', 'hooks.example.com', 9443],
    ['HTTPS://Hooks.EXAMPLE.com', 'hooks.example.com', 443],
    ['https://bücher.example/', 'xn--bcher-kva.example', 443],
    ['https://8.8.8.8/', '8.8.8.8', 443],
    ['https://134744072/', '8.8.8.8', 443],
    ['https://[2606:4700::1111]/', '2606:4700::1111', 443],
    ['https://a_b.example.com/', 'a_b.example.com', 443],
  ])('%s', (text, host, port) => {
    expect(inspectUrl(text, policy)).toMatchObject({ ok: true, host, port });
  });

  test('loses its fragment', () => {
    const verdict = inspectUrl('https://hooks.example.com/in?x=1#part', policy);
    expect(verdict.ok && verdict.url.href).toBe('https://hooks.example.com/in?x=1');
  });
});

describe('an address that is refused', () => {
  test.each([
    ['', 'url_invalid'],
    ['hooks.example.com', 'url_invalid'],
    ['/in', 'url_invalid'],
    ['https://', 'url_invalid'],
    ['https://exa mple.com', 'url_invalid'],
    ['https://1.2.3.256/', 'url_invalid'],
    ['https://[fe80::1%25eth0]/', 'url_invalid'],
    ['http://hooks.example.com/', 'scheme_refused'],
    ['http://127.0.0.1/', 'scheme_refused'],
    ['ftp://hooks.example.com/', 'scheme_refused'],
    ['file:///etc/passwd', 'scheme_refused'],
    ['gopher://127.0.0.1:6379/_x', 'scheme_refused'],
    ['data:text/plain,x', 'scheme_refused'],
    ['https://user@hooks.example.com/', 'credentials_in_url'],
    ['https://user:hunter2@hooks.example.com/', 'credentials_in_url'],
    ['https://:hunter2@hooks.example.com/', 'credentials_in_url'],
    ['https://hooks.example.com:80/', 'port_refused'],
    ['https://hooks.example.com:22/', 'port_refused'],
    ['https://hooks.example.com:6379/', 'port_refused'],
    ['https://localhost/', 'address_refused'],
    ['https://LOCALHOST/', 'address_refused'],
    ['https://localhost./', 'address_refused'],
    ['https://a.localhost/', 'address_refused'],
    ['https://printer.local/', 'address_refused'],
    ['https://metadata.google.internal/', 'address_refused'],
    ['https://router.home.arpa/', 'address_refused'],
    ['https://home.arpa/', 'address_refused'],
    ['https://intranet/', 'address_refused'],
    ['https://a..example/', 'address_refused'],
    ['https://.example.com/', 'address_refused'],
    ['https://hooks.example.com./', 'address_refused'],
    ['https://hub.example.com/', 'address_refused'],
    ['https://HUB.example.com:8443/', 'address_refused'],
    ['https://hub.example.com./', 'address_refused'],
    ['https://203.0.112.9/', 'address_refused'],
    ['https://127.0.0.1/', 'address_refused'],
    ['https://127.1/', 'address_refused'],
    ['https://127.0.0.1./', 'address_refused'],
    ['https://2130706433/', 'address_refused'],
    ['https://0x7f000001/', 'address_refused'],
    ['https://0x7f.1/', 'address_refused'],
    ['https://0177.0.0.01/', 'address_refused'],
    ['https://017700000001/', 'address_refused'],
    ['https://１２７.0.0.1/', 'address_refused'],
    ['https://127。0。0。1/', 'address_refused'],
    ['https://%31%32%37.0.0.1/', 'address_refused'],
    ['https://0/', 'address_refused'],
    ['https://169.254.169.254/latest/meta-data/', 'address_refused'],
    ['https://[::1]/', 'address_refused'],
    ['https://[::]/', 'address_refused'],
    ['https://[::ffff:127.0.0.1]/', 'address_refused'],
    ['https://[::ffff:7f00:1]/', 'address_refused'],
    ['https://[::127.0.0.1]/', 'address_refused'],
    ['https://[64:ff9b::127.0.0.1]/', 'address_refused'],
    ['https://[2002:7f00:1::]/', 'address_refused'],
    ['https://[fd00::1]/', 'address_refused'],
  ])('%s is %s', (text, code) => {
    expect(inspectUrl(text, policy)).toMatchObject({ ok: false, code });
  });

  test('is not repeated in the detail, so that no credential leaks', () => {
    for (const text of [
      'https://ann:hunter2@hooks.example.com/',
      'ftp://ann:hunter2@x/',
      'https://ann:hunter2@[/',
      'ann:hunter2',
    ]) {
      expect(JSON.stringify(inspectUrl(text, policy))).not.toMatch(/hunter2|ann/);
    }
  });
});

describe('the hub itself', () => {
  const asked = readEgressPolicy(
    { PATCHBAY_OWN_HOSTS: ' Other.example.com, 8.8.4.4 ,2606:4700:0:0::64,', PATCHBAY_EGRESS_PORTS: '9443' },
    'hub.example.com',
  );

  test('is what it is called and what the operator lists', () => {
    expect(asked).toEqual({
      ports: [9443],
      ownHosts: ['hub.example.com', 'Other.example.com', '8.8.4.4', '2606:4700:0:0::64'],
    });
    expect(readEgressPolicy({}, 'hub.example.com')).toEqual({ ports: [], ownHosts: ['hub.example.com'] });
  });

  test.each([
    'https://HUB.example.com/',
    'https://other.example.com/',
    'https://8.8.4.4/',
    'https://0x08080404/',
    'https://[::ffff:8.8.4.4]/',
    'https://[64:ff9b::808:404]/',
    'https://[2606:4700::64]/',
  ])('is refused as %s', (text) => {
    expect(inspectUrl(text, asked)).toMatchObject({ ok: false, code: 'address_refused' });
    expect(inspectUrl(text, { ports: [], ownHosts: [] })).toMatchObject({ ok: true });
  });

  test.each(['8.8.4.4', '::ffff:8.8.4.4', '::ffff:808:404', '64:ff9b::8.8.4.4', '2606:4700:0::0064'])(
    'is refused at connect as %s, whatever the name',
    (address) => {
      expect(admitAddress(address, 'hooks.example.com', asked)).toMatchObject({
        ok: false,
        why: 'an address of this hub itself',
      });
    },
  );
});

describe('the loopback switch', () => {
  test.each([
    'http://127.0.0.1:3000/',
    'https://127.8.9.10:1/',
    'http://[::1]:3000/',
    'http://localhost:3000/in',
    'https://localhost/',
  ])('opens %s', (text) => {
    expect(inspectUrl(text, development)).toMatchObject({ ok: true });
    expect(inspectUrl(text, policy)).toMatchObject({ ok: false });
  });

  test.each([
    ['http://hooks.example.com/', 'scheme_refused'],
    ['https://hooks.example.com:3000/', 'port_refused'],
    ['https://10.0.0.1/', 'address_refused'],
    ['https://[::ffff:127.0.0.1]/', 'address_refused'],
    ['https://a.localhost/', 'address_refused'],
    ['http://user@localhost/', 'credentials_in_url'],
    ['ftp://localhost/', 'scheme_refused'],
    ['http://0.0.0.0/', 'scheme_refused'],
  ])('leaves %s as %s', (text, code) => {
    expect(inspectUrl(text, development)).toMatchObject({ ok: false, code });
  });

  test('does not count when it is a string key or comes out of JSON', () => {
    const forged = JSON.parse('{"ports":[],"ownHosts":[],"allowLoopback":true}') as EgressPolicy; // the forgery under test
    expect(inspectUrl('http://localhost/', forged)).toMatchObject({ ok: false });
  });
});

describe('an address reached at connect', () => {
  test('is refused when it is special, whatever the name', () => {
    expect(admitAddress('127.0.0.1', 'hooks.example.com', policy)).toMatchObject({ ok: false });
    expect(admitAddress('8.8.8.8', 'hooks.example.com', policy)).toEqual({ ok: true });
  });

  test('is refused when it is one of ours', () => {
    expect(admitAddress('203.0.112.9', 'hooks.example.com', policy)).toMatchObject({ ok: false });
  });

  test('may be loopback only for a loopback host, and only with the switch', () => {
    expect(admitAddress('127.0.0.1', 'localhost', development)).toEqual({ ok: true });
    expect(admitAddress('::1', 'localhost', development)).toEqual({ ok: true });
    expect(admitAddress('127.0.0.1', 'localhost', policy)).toMatchObject({ ok: false });
    expect(admitAddress('127.0.0.1', 'hooks.example.com', development)).toMatchObject({ ok: false });
  });

  test('must be loopback for a loopback host: http does not leave the machine', () => {
    expect(admitAddress('8.8.8.8', 'localhost', development)).toMatchObject({ ok: false });
  });
});
