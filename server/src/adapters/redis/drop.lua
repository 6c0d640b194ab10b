-- ARGV: now, connectionId. Returns epoch, written, recipients (JSON text).
if not epoch then return { '', {}, '[]' } end
local member = giveUp(ARGV[2])
if member and next(member.connections) then
  settle(member)
elseif member then
  member.status = 'reconnecting'
  call('ZADD', LEASES, now + limits.graceMs, 'm:' .. member.userId)
  tell('member.drop', member)
end
finish()
return { epoch, written, recipients() }
