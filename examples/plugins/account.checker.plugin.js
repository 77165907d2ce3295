// Says whether a user name is taken: what `exists()` of the Python SDK calls before a sign-up.
// Whoever has the app code may ask, so it tells anybody which names exist. Install it only if that is all right.
http().all(function (request) {
  var username = (request.body || {}).username || (request.queryString.username || [])[0];
  if (typeof username !== 'string' || username === '') {
    return { status: 400, content: 'username is missing' };
  }
  return Box.runAsAdmin(function () {
    return { status: 200, content: { exists: Box.Users.find(username) !== null } };
  });
});
