-- ARGV: now, connectionId. Returns epoch, written, recipients (JSON text).
if not epoch then return { '', {}, '[]' } end
local member = giveUp(ARGV[2])
if member then remove(member) end
finish()
return { epoch, written, recipients() }
