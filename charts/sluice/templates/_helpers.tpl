{{/*
Names are fixed, not prefixed with the release's: a cluster can have one driver csi.sluice.dev and so one release of this chart.
*/}}
{{- define "sluice.labels" -}}
app.kubernetes.io/name: sluice
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "sluice.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* name=group/thinpool,… as the node plugin reads it */}}
{{- define "sluice.pools" -}}
{{- $pools := list -}}
{{- range .Values.pools -}}
{{- $pools = append $pools (printf "%s=%s/%s" .name .volumeGroup (.thinPool | default "sluice")) -}}
{{- end -}}
{{- join "," $pools -}}
{{- end }}

{{/* "true", or nothing */}}
{{- define "sluice.snapshots" -}}
{{- $enabled := .Values.snapshots.enabled -}}
{{- if or (eq $enabled "always") (and (eq $enabled "auto") (.Capabilities.APIVersions.Has "snapshot.storage.k8s.io/v1/VolumeSnapshotClass")) -}}
true
{{- end -}}
{{- end }}

{{/* "true", or nothing: groups are snapshots too */}}
{{- define "sluice.groupSnapshots" -}}
{{- if and .Values.groupSnapshots.enabled (include "sluice.snapshots" .) -}}
true
{{- end -}}
{{- end }}

{{/* "true", or nothing: whether the API server calls the controller at all */}}
{{- define "sluice.webhooks" -}}
{{- if or .Values.placement.webhook .Values.evacuation.webhook -}}
true
{{- end -}}
{{- end }}

{{/* What every sidecar is told: wait as long as the slowest call may take, and try again soon. */}}
{{- define "sluice.sidecarArgs" -}}
- --csi-address=/run/sluice/csi.sock
- --timeout=60s
- --retry-interval-start=500ms
- --retry-interval-max=15s
- --leader-election
- --feature-gates=ReleaseLeaderElectionOnExit=true
- --kube-api-qps=50
- --kube-api-burst=100
- --v={{ .Values.sidecars.verbosity }}
{{- end }}

{{- define "sluice.sidecarContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The node an object of ours names, as CEL; the argument is the variable that holds the object. */}}
{{- define "sluice.namedNode" -}}
request.resource.resource == "volumes" ? {{ . }}.spec.home :
request.resource.resource == "snapshots" ? {{ . }}.spec.node :
request.resource.resource == "exports" ? {{ . }}.spec.originNode :
request.resource.resource == "attachments" ? {{ . }}.spec.node :
request.resource.resource == "clonehydrations" ? {{ . }}.spec.node :
request.resource.resource == "storagenodes" ? {{ . }}.metadata.name :
request.resource.resource == "leases" && {{ . }}.metadata.name.startsWith("node-") ? {{ . }}.metadata.name.substring(5) : ""
{{- end }}

{{- define "sluice.binding" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}Binding
metadata:
  name: {{ .name }}
  {{- if eq .kind "Role" }}
  namespace: {{ .root.Release.Namespace }}
  {{- end }}
  labels:
    {{- include "sluice.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ .account }}
    namespace: {{ .root.Release.Namespace }}
{{- end }}
