<?php
// A service of SOAP 1.1 and 1.2 that is described by prices.wsdl beside it.
class Prices
{
    public function GetPrice($item)
    {
        if ($item !== 'apple') {
            throw new SoapFault('Client', "there is no $item");
        }
        return 7.5;
    }
}
ini_set('soap.wsdl_cache_enabled', '0');
$server = new SoapServer(__DIR__ . '/prices.wsdl');
$server->setClass('Prices');
$server->handle();
