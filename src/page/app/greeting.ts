import type { LoggedIn } from '../../client/protocol'
import { notify } from './announcer'
import { dateOf } from './dates'

/** Says what who has logged in should know. */
export function greet({ me, restored, failedLogIns }: LoggedIn): void {
  notify(
    restored
      ? `Welcome back, ${me.displayName}: your account is no longer to be deleted.`
      : `Welcome, ${me.displayName}.`,
  )
  if (!failedLogIns) return
  const { count, lastAt } = failedLogIns
  const tries = count === 1 ? 'A wrong password was' : `${count} wrong passwords were`
  notify(`${tries} tried on your account since you were here, last ${dateOf(lastAt)}.`, 'bad')
}
