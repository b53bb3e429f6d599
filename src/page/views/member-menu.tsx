import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import type { Member } from '../app/members'
import { useAction } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { addressOf, go } from '../app/routes'
import { sentenceOf } from '../app/sentences'
import { Dialog } from '../components/dialog'
import { Field, FormProblem } from '../components/field'
import { Menu, type MenuItem } from '../components/menu'

const RANKS = ['member', 'moderator', 'admin', 'owner'] as const
const HOUR_MS = 3_600_000
const HOURS = [
  ['1', 'An hour'],
  ['24', 'A day'],
  ['168', 'A week'],
] as const

type Step = 'mute' | 'remove' | 'ban'

interface MenuProps {
  member: Member
  name: string
  room: RoomModel
  onChange: () => void
}

/** What one may do about a member. */
export function MemberMenu({ member, name, room, onChange }: MenuProps) {
  const chat = useChat()
  const [step, setStep] = useState<Step | null>(null)
  const { user, role } = member
  const may = new Set<string>(room.me?.capabilities)
  const ownRank = RANKS.indexOf(room.me?.role ?? 'member')
  const isBelow = RANKS.indexOf(role) < ownRank
  const path = chat.room(room.id).path(`members/${user.id}`)
  const isMuted = member.mutedUntil !== null && Date.parse(member.mutedUntil) > Date.now()
  const change = (patch: object, said: string) =>
    chat.request('PATCH', path, patch).then(
      () => {
        notify(said)
        onChange()
      },
      (error) => notify(sentenceOf(error), 'bad'),
    )
  const talk = () =>
    chat.request<{ id: string }>('POST', `/v1/direct/${user.id}`).then(
      ({ id }) => go(addressOf.room(id)),
      (error) => notify(sentenceOf(error), 'bad'),
    )
  const roles = RANKS.filter((rank, i) => rank !== role && i < ownRank)
  const items: (MenuItem | false)[] = [
    { label: 'Message', icon: 'send', act: talk },
    ...(isBelow && may.has('member.role')
      ? roles.map((rank) => ({
          label: `Make ${rank === 'admin' ? 'an' : 'a'} ${rank}`,
          icon: 'crown' as const,
          act: () =>
            change({ role: rank }, `${name} is ${rank === 'admin' ? 'an' : 'a'} ${rank} now.`),
        }))
      : []),
    isBelow &&
      may.has('member.mute') &&
      isMuted && {
        label: 'Unmute',
        icon: 'bell',
        act: () => change({ mutedUntil: null }, `${name} may write again.`),
      },
    isBelow &&
      may.has('member.mute') &&
      !isMuted && { label: 'Mute …', icon: 'mute', act: () => setStep('mute') },
    isBelow &&
      may.has('member.remove') && {
        label: 'Remove …',
        icon: 'exit',
        isDangerous: true,
        act: () => setStep('remove'),
      },
    isBelow &&
      may.has('member.ban') && {
        label: 'Ban …',
        icon: 'ban',
        isDangerous: true,
        act: () => setStep('ban'),
      },
  ]
  return (
    <>
      <Menu label={`What to do about ${name}`} items={items.filter((item) => item !== false)} />
      {step && (
        <StepDialog
          step={step}
          name={name}
          onClose={() => setStep(null)}
          onConfirm={async (reason, hours) => {
            const why = reason ? { reason } : {}
            const end = hours ? new Date(Date.now() + hours * HOUR_MS).toISOString() : null
            if (step === 'mute') await chat.request('PATCH', path, { mutedUntil: end, ...why })
            if (step === 'remove') await chat.request('DELETE', path)
            if (step === 'ban')
              await chat.request('PUT', chat.room(room.id).path(`bans/${user.id}`), {
                expiresAt: end,
                ...why,
              })
            onChange()
          }}
        />
      )}
    </>
  )
}

const WORDS = {
  mute: { title: 'Mute', action: 'Mute', text: 'They can read, and write again when it ends.' },
  remove: { title: 'Remove', action: 'Remove', text: 'They can come back the way they came.' },
  ban: {
    title: 'Ban',
    action: 'Ban',
    text: 'They are out at once, and cannot come back until it ends.',
  },
} as const

interface DialogProps {
  step: Step
  name: string
  onClose: () => void
  onConfirm: (reason: string, hours: number) => Promise<void>
}

function StepDialog({ step, name, onClose, onConfirm }: DialogProps) {
  const { title, action, text } = WORDS[step]
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    await onConfirm(String(form.get('reason') ?? '').trim(), Number(form.get('hours') ?? 0))
    notify(`${name}: ${{ mute: 'muted', remove: 'removed', ban: 'banned' }[step]}.`)
    onClose()
  })
  return (
    <Dialog title={`${title} ${name}?`} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          run(new FormData(event.currentTarget as HTMLFormElement))
        }}
      >
        <p class="dialog-text">{text}</p>
        {step !== 'remove' && (
          <Field
            label="For how long"
            name="hours"
            options={step === 'ban' ? [...HOURS, ['0', 'For good']] : HOURS}
          />
        )}
        {step !== 'remove' && (
          <Field
            label="Reason"
            name="reason"
            maxlength={500}
            autocomplete="off"
            hint="For the log of moderation."
          />
        )}
        <FormProblem problem={problem} />
        <div class="dialog-actions">
          <button type="button" class="button button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-danger" disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
