// What an operator may write into the configuration, and what keeps the server from starting.
import { expect, it } from 'vitest';
import { readOverrides } from './overrides.ts';

it('reads values as the setting has them, and what administrators may do', () => {
  const overrides = readOverrides({
    'application.name': 'Tea',
    'session_tokens.timeout': '30',
    'network.http.ssl': true,
    'network.smtp.port': { value: 587, visible: false, editable: true },
    'network.smtp.host': { editable: false },
    'email.from': {},
  });
  expect(Object.fromEntries(overrides)).toEqual({
    'application.name': { value: 'Tea', visible: true, editable: false },
    'session_tokens.timeout': { value: 30, visible: true, editable: false },
    'network.http.ssl': { value: true, visible: true, editable: false },
    // A fixed value cannot be changed, whatever else is said.
    'network.smtp.port': { value: 587, visible: false, editable: false },
    'network.smtp.host': { value: undefined, visible: true, editable: false },
    'email.from': { value: undefined, visible: true, editable: true },
  });
});

it.each([
  [{ 'application.title': 'Tea' }, 'application.title'],
  [{ toString: 'Tea' }, 'toString'],
  [{ 'session_tokens.timeout': 'soon' }, 'not a number'],
  [{ 'network.smtp.port': 0 }, '1 to 65535'],
  [{ 'network.http.ssl': 1 }, 'true or false'],
  [{ 'email.template.text': 'no link' }, '$link$'],
  [{ 'profile1.sandbox.ios.certificate': 'x' }, 'is a file'],
])('refuses %j', (configured, text) => {
  expect(() => readOverrides(configured as Record<string, string>)).toThrow(text);
});
