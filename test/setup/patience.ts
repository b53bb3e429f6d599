// Where the service waits for a second or two and then goes on without, these tests say how long: on a machine
// that is busy with other things a second is soon over. A test of what comes then mocks `scheduler.wait`.
const FACTOR = 60

// Loaded for each file of tests, in one isolate.
if (!Object.hasOwn(scheduler, 'wait')) {
  const wait = scheduler.wait.bind(scheduler)
  scheduler.wait = (ms, options) => wait(ms < 1000 ? ms : ms * FACTOR, options)
}
