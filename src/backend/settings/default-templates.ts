// What the mail and the pages for a lost password say until an administrator writes others (BaasBox spec 2.9).

export const MAIL_TEXT = `Hello $user_name$,

you asked for a new password for $application_name$. Open this link to choose one:

$link$

If it was not you, do nothing: your password stays as it is.
`;

export const MAIL_HTML = `<!doctype html>
<html lang="en">
  <body style="font-family: sans-serif">
    <p>Hello $user_name$,</p>
    <p>you asked for a new password for $application_name$.</p>
    <p><a href="$link$">Choose a new password</a></p>
    <p>If it was not you, do nothing: your password stays as it is.</p>
  </body>
</html>
`;

const page = (content: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>$application_name$</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem; }
      label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
      input, button { padding: 0.5rem; margin: 0.25rem 0 1rem; }
      .error { color: #a00; }
    </style>
  </head>
  <body>
    <main>
      <h1>$application_name$</h1>
${content}
    </main>
  </body>
</html>
`;

export const RESET_PAGE = page(`      <p>A new password for $user_name$</p>
      <p class="error" role="alert">$error$</p>
      <form method="post" action="$link$">
        <label>New password
          <input type="password" name="$password$" autocomplete="new-password" required></label>
        <label>The same again
          <input type="password" name="$repeat_password$" autocomplete="new-password" required></label>
        <button type="submit">Set the password</button>
      </form>`);

export const RESET_FEEDBACK_PAGE = page(`      <p role="status">$message$</p>
      <p class="error" role="alert">$error$</p>`);
