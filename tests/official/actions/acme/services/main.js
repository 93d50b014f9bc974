// An artifact and a cache by the services' own calls: no package is at hand here.
const call = async (service, method, body) => {
  const answer = await fetch(`${process.env.ACTIONS_RESULTS_URL}twirp/github.actions.results.api.v1.${service}/${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.ACTIONS_RUNTIME_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
};
const put = (url) => fetch(url, { method: "PUT", headers: { "x-ms-blob-type": "BlockBlob" }, body: "content" });
(async () => {
  const scope = JSON.parse(Buffer.from(process.env.ACTIONS_RUNTIME_TOKEN.split(".")[1], "base64url")).scp.split(" ").find((part) => part.startsWith("Actions.Results:"));
  const [, run, job] = scope.split(":");
  const ids = { workflow_run_backend_id: run, workflow_job_run_backend_id: job, name: "thing" };
  const artifact = await call("ArtifactService", "CreateArtifact", { ...ids, version: 4 });
  await put(artifact.signed_upload_url);
  console.log(`artifact ${(await call("ArtifactService", "FinalizeArtifact", { ...ids, size: "7" })).ok}`);
  const key = { key: `key-${run}`, version: "v" };
  const cache = await call("CacheService", "CreateCacheEntry", key);
  await put(cache.signed_upload_url);
  console.log(`cache ${(await call("CacheService", "FinalizeCacheEntryUpload", { ...key, size_bytes: "7" })).ok}`);
  const found = await call("CacheService", "GetCacheEntryDownloadURL", { ...key, restore_keys: [] });
  console.log(await (await fetch(found.signed_download_url)).text(), process.env.ACTIONS_CACHE_SERVICE_V2);
})();
