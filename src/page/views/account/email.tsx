import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { useFeatures } from '../../app/features'
import { textOf, useForm } from '../../app/forms'
import { proven } from '../../app/proofs'
import { useAction } from '../../app/requests'
import { Field, FormProblem } from '../../components/field'
import { LocalMail } from '../local-mail'
import { Block } from './block'
import { patchMe } from './patch-me'
import type { SecurityProps } from './ways-in'

/** The address by which one finds the way back into the account. */
export function Email({ me }: SecurityProps) {
  const chat = useChat()
  const features = useFeatures()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const email = textOf(form, 'email') || null
    const after = await proven(() => patchMe(chat, { email }))
    if (!after.email) notify('Your e-mail address is removed.')
    else if (after.emailVerified || !features?.email) notify('Your e-mail address is saved.')
    else notify(`A link is on its way to ${after.email}.`)
  })
  return (
    <Block
      title="E-mail address"
      text={
        features?.email === false
          ? 'Nobody else sees it. This service sends no e-mail yet.'
          : 'Nobody else sees it. Once it is verified you can log in by it, and choose a new password where you forgot yours.'
      }
    >
      {me.email && <State email={me.email} isVerified={me.emailVerified} />}
      <form class="form" onSubmit={onSubmit}>
        <Field
          key={me.email}
          label="E-mail address"
          name="email"
          type="email"
          autocomplete="email"
          maxlength={254}
          defaultValue={me.email ?? ''}
          hint={me.email ? 'Leave it empty to remove it.' : undefined}
          error={errors.email}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button" disabled={isBusy}>
          {isBusy ? 'Saving …' : 'Save address'}
        </button>
      </form>
    </Block>
  )
}

function State({ email, isVerified }: { email: string; isVerified: boolean }) {
  const chat = useChat()
  const features = useFeatures()
  const { run, isBusy, problem } = useAction(async () => {
    await chat.request('POST', '/v1/me/email/verification')
    notify(`Another link is on its way to ${email}.`)
  })
  return (
    <div class="account-state">
      <p class="row-title">
        {email}
        {isVerified ? (
          <span class="tag">Verified</span>
        ) : (
          <span class="tag tag-warning">Not verified</span>
        )}
      </p>
      {!isVerified && features?.email && (
        <>
          <p class="row-facts">Open the link that it was sent. It works once, for an hour.</p>
          <LocalMail />
          <button type="button" class="button button-small" disabled={isBusy} onClick={() => run()}>
            {isBusy ? 'Sending …' : 'Send another link'}
          </button>
        </>
      )}
      <FormProblem problem={problem} />
    </div>
  )
}
