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
