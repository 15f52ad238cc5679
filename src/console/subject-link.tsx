import { idPattern } from '#src/columns';
import type { Level } from '#src/inquiry';
import { isSubjectLevel, subjectPath } from './paths.ts';

/** `grant:grt_01…`, as a link to its page where it has one. */
export function SubjectLink({ subject }: { subject: string }) {
  const at = subject.indexOf(':');
  const [level, id] = [subject.slice(0, at), subject.slice(at + 1)];
  return isSubjectLevel(level) ? <SubjectId level={level} id={id} /> : <code>{subject}</code>;
}

export function SubjectId({ level, id }: { level: string; id: string }) {
  return (
    <>
      {level}{' '}
      {isSubjectLevel(level) ? (
        <a href={subjectPath(level, id)}>
          <code>{id}</code>
        </a>
      ) : (
        <code>{id}</code>
      )}
    </>
  );
}

const prefixes = [
  ['ptr', 'partner'],
  ['app', 'app'],
  ['acc', 'account'],
  ['usr', 'user'],
  ['grt', 'grant'],
  ['tok', 'token'],
] as const;

/** What an id of ours is the id of, where that has a page. */
export const levelOfId = (id: string): Level | null =>
  prefixes.find(([prefix]) => idPattern(prefix).test(id))?.[1] ?? null;

/** An actor or a subject of the trail: `token:tok_01…`, `usr_01…`, `cli`. Its id says what it is, so the word goes. */
export function AnyId({ text }: { text: string }) {
  const id = text.replace(/^(?:token|app|partner|account|user|grant):/, '');
  const level = levelOfId(id.replace(/^staff:/, ''));
  if (level === null) return <code>{id}</code>;
  return (
    <a href={subjectPath(level, id.replace(/^staff:/, ''))}>
      <code>{id}</code>
    </a>
  );
}
