import { secretsOf } from './auth/tokens'
import * as accountDeletion from './directory/account-deletion'
import * as accountHiding from './directory/account-hiding'
import { type Directory, open } from './directory/database'
import * as emailLinks from './directory/email-links'
import * as guests from './directory/guests'
import * as logInCodes from './directory/log-in-codes'
import * as passkeys from './directory/passkeys'
import { refold } from './directory/refold'
import * as roomPurge from './directory/room-purge'
import * as totp from './directory/totp'
import * as personalExport from './exports/personal-export'
import * as profileFanout from './fanout/profile-fanout'
import { endAccount } from './inbox/client'

/** The cron job: what was lost on its way, and what was left behind. One that fails does not stop the other. */
export async function runSweeps(controller: ScheduledController, env: Env): Promise<void> {
  const swept = await Promise.allSettled([
    profileFanout.sweepPending(controller, env),
    roomPurge.sweepAbandoned(open(env.DB), Date.now()),
    refold(open(env.DB)),
    sweepGuests(open(env.DB)),
    logInCodes.sweep(open(env.DB), Date.now()),
    resealTotp(env),
    passkeys.sweep(open(env.DB), Date.now()),
    personalExport.sweep(env, Date.now()),
    emailLinks.sweep(open(env.DB), Date.now()),
    deleteDue(env),
  ])
  for (const result of swept) if (result.status === 'rejected') throw result.reason
}

/** Slices of idle guests that one run deletes, and of secrets that it encrypts anew. */
const MAX_SLICES = 10

async function sweepGuests(directory: Directory): Promise<void> {
  for (let slice = 0; slice < MAX_SLICES; slice += 1) {
    if (!(await guests.sweepSlice(directory, Date.now()))) return
  }
}

/** Accounts that one run deletes for good. */
const MAX_DELETIONS = 50

/** Deletes hidden accounts whose time is over. What a crash leaves undone behind one, the sweep of the fanout does. */
async function deleteDue(env: Env): Promise<void> {
  const directory = open(env.DB)
  const now = Date.now()
  for (const due of await accountHiding.listDue(directory, now, MAX_DELETIONS)) {
    if (!(await accountDeletion.applyDue(directory, due, now))) continue
    profileFanout.enqueue(env, due.id)
    await endAccount(env, due.id, now)
  }
}

async function resealTotp(env: Env): Promise<void> {
  for (let slice = 0; slice < MAX_SLICES; slice += 1) {
    if (!(await totp.resealSlice(open(env.DB), secretsOf(env)))) return
  }
}
