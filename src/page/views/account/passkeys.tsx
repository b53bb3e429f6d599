import { useEffect, useState } from 'preact/hooks'
import type { Passkey } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { agoOf } from '../../app/dates'
import { textOf, useForm } from '../../app/forms'
import { addPasskey, canUsePasskeys } from '../../app/passkeys'
import { proven } from '../../app/proofs'
import { useListing } from '../../app/requests'
import { Question } from '../../components/dialog'
import { Field, FormProblem } from '../../components/field'
import { Block } from './block'
import { RenamePasskey } from './rename-passkey'
import type { SecurityProps } from './ways-in'

export function Passkeys({ factors, onChange }: SecurityProps) {
  const chat = useChat()
  const { items, reload } = useListing<Passkey>('/v1/me/passkeys')
  const [leaving, setLeaving] = useState<Passkey | null>(null)
  const [renaming, setRenaming] = useState<Passkey | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another device added or removed one
  useEffect(() => reload(), [factors.passkeys])
  const changed = () => {
    reload()
    onChange()
  }
  const { onSubmit, isBusy, problem, errors, fail } = useForm(async (form, element) => {
    await proven(() => addPasskey(chat, textOf(form, 'name')))
    element.reset()
    notify('You can log in by this device now.')
    changed()
  })
  const remove = async ({ id }: Passkey) => {
    setLeaving(null)
    await proven(() => chat.request('DELETE', `/v1/me/passkeys/${id}`)).then(changed, fail)
  }
  return (
    <>
      <Block
        title="Passkeys"
        text="Log in by a finger, a face or the PIN of a device: without a name, a password or a code."
      >
        <ul class="rows">
          {items.map((passkey) => (
            <li key={passkey.id} class="row">
              <div class="row-text">
                <p class="row-title">{passkey.name}</p>
                <p class="row-facts">
                  {passkey.lastUsedAt ? `Last used ${agoOf(passkey.lastUsedAt)}` : 'Not used yet'}
                </p>
              </div>
              <button
                type="button"
                class="button button-small"
                onClick={() => setRenaming(passkey)}
              >
                Rename<span class="visually-hidden"> {passkey.name}</span>
              </button>
              <button type="button" class="button button-small" onClick={() => setLeaving(passkey)}>
                Remove<span class="visually-hidden"> {passkey.name}</span>
              </button>
            </li>
          ))}
        </ul>
        {canUsePasskeys ? (
          <form class="form" onSubmit={onSubmit}>
            <Field
              label="Name of a new passkey"
              name="name"
              maxlength={64}
              autocomplete="off"
              error={errors.name}
            />
            <FormProblem problem={problem} />
            <button type="submit" class="button" disabled={isBusy}>
              Add a passkey
            </button>
          </form>
        ) : (
          <p>This browser has no passkeys.</p>
        )}
      </Block>
      {renaming && (
        <RenamePasskey
          passkey={renaming}
          onClose={() => setRenaming(null)}
          onRenamed={() => {
            setRenaming(null)
            reload()
          }}
        />
      )}
      {leaving && (
        <Question
          title="Remove this passkey?"
          text={`"${leaving.name}" will log you in no more.`}
          action="Remove it"
          onConfirm={() => remove(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}
