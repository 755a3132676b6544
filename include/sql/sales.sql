-- Every sale of the period and of the period before it; a sale that was cancelled since is marked.
SELECT
    sales.id,
    sales.sold_at,
    campaigns.name AS campaign,
    agents.name AS agent,
    sales.product,
    sales.amount_eur,
    sales.cancelled_at IS NOT NULL AS is_cancelled,
    sales.sold_at >= :period_start AS is_current
FROM sales
JOIN campaigns ON campaigns.id = sales.campaign_id
JOIN agents ON agents.id = sales.agent_id
WHERE sales.sold_at >= :previous_start AND sales.sold_at < :period_end
