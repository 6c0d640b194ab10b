-- ARGV: now, connectionId. Returns epoch, written, recipients.
if not epoch then return { '', {}, {} } end
local member = giveUp(ARGV[2])
if member then remove(member) end
finish()
return { epoch, written, recipients() }
