-- Every call of the period and of the period before it, with the names that people use.
SELECT
    calls.id,
    calls.started_at,
    campaigns.name AS campaign,
    campaigns.team,
    agents.name AS agent,
    agents.site,
    calls.outcome,
    calls.outcome IN ('sale', 'callback', 'refused') AS is_contact,
    calls.talk_seconds,
    calls.started_at >= :period_start AS is_current
FROM calls
JOIN campaigns ON campaigns.id = calls.campaign_id
JOIN agents ON agents.id = calls.agent_id
WHERE calls.started_at >= :previous_start AND calls.started_at < :period_end
