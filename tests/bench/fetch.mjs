// A token and one GET by Node's built-in fetch. fetch.mjs BASE_URL
const base = process.argv[2];
const basic = Buffer.from(`sa_1:${'k'.repeat(43)}`).toString('base64');
const reply = await fetch(`${base}/oauth2/token`, {
  method: 'POST',
  headers: { Authorization: `Basic ${basic}`, Accept: 'application/json' },
  body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'management:all' }),
});
const { access_token: token } = await reply.json();
const call = await fetch(`${base}/api/v1/applications/550e8400-e29b-41d4-a716-446655440000`, {
  headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
});
const { application } = await call.json();
if (!call.ok || application.id.length !== 36) process.exit(1);
