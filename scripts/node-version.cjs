// Loaded before anything else (`node -r`), and written so that the oldest node can read it: what comes after it uses
// what an old node answers with a stack.
var found = process.versions.node
if (Number(found.split('.')[0]) < 20) {
  console.error(
    'chatroom needs node 20 or later, and this is node ' +
      found +
      '. Get one from https://nodejs.org, then try again.',
  )
  process.exit(1)
}
