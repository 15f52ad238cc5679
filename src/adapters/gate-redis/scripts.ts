import { createHash } from 'node:crypto';

export type Script = { lua: string; sha: string };
const script = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

/** Answers of a script whose copy is not to be trusted: begun afresh by somebody else, or behind the store. */
export const strange = -1;
export const behind = -2;

const trust = `
local state = redis.call('HMGET', KEYS[1], 'run', 'version', 'seq')
if state[1] ~= ARGV[1] then return { -1 } end
if tonumber(state[2] or '-1') < tonumber(ARGV[2]) then return { -2 } end
`;

/**
 * KEYS state, epochs, token, cap… · ARGV run, version, number of epochs, (id, value)…, (need, burst, start,
 * floor)… · answers the standing (0 valid, 1 suspended, 2 revoked), 1 where allowed, and how far ahead each bucket is.
 * Time is Redis' own; a bucket with a start is compared with that, and is ahead by its floor in any case.
 */
export const admitScript = script(`${trust}
if redis.call('EXISTS', KEYS[3]) == 1 then return { 2 } end
local count = tonumber(ARGV[3])
if count > 0 then
  local ids = {}
  for i = 1, count do ids[i] = ARGV[2 + 2 * i] end
  local isSuspended = false
  for i, entry in ipairs(redis.call('HMGET', KEYS[2], unpack(ids))) do
    if entry then
      local value, suspended = string.match(entry, '^(%d+) (%S+)')
      if tonumber(value) > tonumber(ARGV[3 + 2 * i]) then return { 2 } end
      isSuspended = isSuspended or suspended ~= '-'
    end
  end
  if isSuspended then return { 1 } end
end
local answer = { 0, 1 }
if #KEYS == 3 then return answer end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local arrivals = redis.call('MGET', unpack(KEYS, 4))
local base = 3 + 2 * count
for i = 1, #KEYS - 3 do
  local at = base + 4 * i - 3
  local start = tonumber(ARGV[at + 2])
  if start == 0 then start = now end
  local ahead = math.max(0, tonumber(ARGV[at + 3]), tonumber(arrivals[i] or '0') - start)
  if ahead + tonumber(ARGV[at]) > tonumber(ARGV[at + 1]) then answer[2] = 0 end
  answer[2 + i] = ahead
end
if answer[2] == 0 then return answer end
for i = 1, #KEYS - 3 do
  local at = base + 4 * i - 3
  local ahead = answer[2 + i] + tonumber(ARGV[at])
  answer[2 + i] = ahead
  local start = tonumber(ARGV[at + 2])
  if start == 0 then start = now end
  local restsIn = math.max(1000, math.ceil((start + ahead - now) / 1000) + 1000)
  redis.call('SET', KEYS[3 + i], string.format('%.0f', start + ahead), 'PX', restsIn)
end
return answer
`);

/**
 * KEYS state, epochs, order, fill, token… · ARGV 1 where the fill must still be under way, version before and after,
 * channel, how long a token's mark is kept, number of epochs, (id, value, suspended, at)… · merges by maximum, tells the
 * subscribers what changed, answers 0 where Redis was emptied under the fill or is behind the version before.
 */
export const mergeScript = script(`
if ARGV[1] == '1' and redis.call('EXISTS', KEYS[4]) == 0 then return 0 end
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '-1')
if version < tonumber(ARGV[2]) then return 0 end
for i = 5, #KEYS do redis.call('SET', KEYS[i], '1', 'PX', ARGV[5]) end
for i = 1, tonumber(ARGV[6]) do
  local at = 3 + 4 * i
  local id, value, suspended, atMs = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]
  local known = redis.call('HGET', KEYS[2], id)
  if known then
    local knownValue, knownSuspended, knownAt = string.match(known, '^(%d+) (%S+) (%d+)$')
    value = math.max(value, tonumber(knownValue))
    if tonumber(knownAt) > tonumber(atMs) then suspended, atMs = knownSuspended, knownAt end
  end
  local entry = string.format('%.0f %s %s', value, suspended, atMs)
  if entry ~= known then
    redis.call('HSET', KEYS[2], id, entry)
    redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[1], 'seq', 1), id)
    redis.call('PUBLISH', ARGV[4], id .. ' ' .. entry)
  end
end
if version < tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], 'version', ARGV[3]) end
return 1
`);

/**
 * KEYS state, fill · ARGV a new run, the run that is no longer trusted · ends a fill: answers the run to go by, or
 * nothing where Redis was emptied meanwhile.
 */
export const filledScript = script(`
if redis.call('DEL', KEYS[2]) == 0 then return false end
local run = redis.call('HGET', KEYS[1], 'run')
if run and run ~= ARGV[2] then return run end
redis.call('HSET', KEYS[1], 'run', ARGV[1])
return ARGV[1]
`);

/** KEYS state, epochs, order · ARGV run, version, seq · what changed after the seq: 0, the new seq, (id, entry)…. */
export const sinceScript = script(`${trust}
local answer = { 0, state[3] or '0' }
if answer[2] == ARGV[3] then return answer end
local ids = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, 1000)
for i = 1, #ids, 2 do
  answer[2] = ids[i + 1]
  answer[#answer + 1] = ids[i]
  answer[#answer + 1] = redis.call('HGET', KEYS[2], ids[i])
end
return answer
`);
