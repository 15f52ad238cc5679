import { examine } from '#src/doctor';
import { urlOf } from './call-hub.ts';
import { type Input, isOn, machineOf, type Terminal } from './command.ts';

const marks = { good: 'ok  ', warn: 'look', bad: 'BAD ' };

export async function doctor(terminal: Terminal, input: Input): Promise<void> {
  const findings = await examine({
    facts: await (await machineOf(terminal)).inspect(),
    open: () => terminal.open(),
    urlOf: (ports) => urlOf(terminal, input, ports),
    call: (url) => terminal.call({ method: 'GET', url, headers: {} }),
  });
  if (isOn(input, 'json')) terminal.out(JSON.stringify(findings, null, 2));
  else {
    for (const { what, state, found, why, remedy } of findings) {
      terminal.out(`${marks[state]}  ${what}: ${found}`);
      if (why) terminal.out(`      ${why}`);
      if (remedy) terminal.out(`      → ${remedy}`);
    }
  }
  if (findings.some(({ state }) => state === 'bad')) terminal.fail();
}
