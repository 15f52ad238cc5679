export const sealedFor = (subscriptionId: string, secretId: string) => ({
  owner: subscriptionId,
  record: secretId,
  field: 'secret',
});
